import { createHash } from 'node:crypto';
import type { ExportManifest } from '@aico/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHouse, type Files, type House } from './support/house.ts';
import { fill } from './support/people.ts';

const MESSAGES = 'chat/messages.jsonl';
const MEMORIES = 'memory/memories.jsonl';

/** Nothing comes into it. */
let there: House;
let exported: Files;

beforeAll(async () => {
  await using here = await createHouse();
  fill(here, 5);
  exported = (await here.exported()).files;
  there = await createHouse();
});
afterAll(() => there[Symbol.asyncDispose]());

/** An export with a file changed by somebody who also wrote the manifest for it. */
function forged(files: Files, path: string, change: (lines: string[]) => string): Files {
  const lines = (files.get(path)?.toString() ?? '').split('\n').slice(0, -1);
  const content = Buffer.from(change(lines));
  return withManifest(new Map(files).set(path, content), (manifest) => ({
    ...manifest,
    files: manifest.files.map((file) => {
      if (file.path !== path) return file;
      return { ...file, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    }),
  }));
}

function withManifest(files: Files, change: (manifest: ExportManifest) => unknown): Files {
  const manifest = JSON.parse(String(files.get('manifest.json'))) as ExportManifest;
  return new Map(files).set('manifest.json', Buffer.from(JSON.stringify(change(manifest))));
}

const edited = (line: string, values: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(line) as object), ...values });
const all = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** What somebody could do to an export, and what is said of it: by file, line and problem. */
const CORPUS: readonly [what: string, break_: (files: Files) => Files, said: object][] = [
  [
    'a line that is cut off',
    (files) => forged(files, MESSAGES, (lines) => all(lines).slice(0, -9)),
    { file: MESSAGES, problem: 'it is cut off' },
  ],
  [
    'a line that is no JSON',
    (files) => forged(files, MESSAGES, (lines) => all(['{', ...lines])),
    { file: MESSAGES, line: 1, problem: 'it is no JSON' },
  ],
  [
    'a line that is a list',
    (files) => forged(files, MESSAGES, (lines) => all([...lines, '[]'])),
    { file: MESSAGES, problem: 'it is no object' },
  ],
  [
    'a line without an id',
    (files) => forged(files, MEMORIES, (lines) => all([...lines, '{}'])),
    { file: MEMORIES, problem: 'it has no id' },
  ],
  ['an empty line', (files) => forged(files, MEMORIES, (lines) => all(['', ...lines])), { file: MEMORIES, line: 1 }],
  [
    'a huge line',
    (files) => forged(files, MESSAGES, (lines) => all([`{"id":"${'x'.repeat(5_000_000)}"}`, ...lines])),
    { line: 1, problem: 'it is longer than any record' },
  ],
  [
    'a wrong type',
    (files) => forged(files, MESSAGES, ([first = '', ...rest]) => all([edited(first, { text: 7 }), ...rest])),
    { file: MESSAGES, line: 1, problem: 'text must be text' },
  ],
  [
    'a role that there is not',
    (files) => forged(files, MESSAGES, ([first = '', ...rest]) => all([edited(first, { role: 'root' }), ...rest])),
    { file: MESSAGES, line: 1 },
  ],
  [
    'a place out of this world',
    (files) =>
      forged(files, MESSAGES, ([first = '', ...rest]) => all([edited(first, { place: 2 ** 53 - 1 }), ...rest])),
    { file: MESSAGES, line: 1 },
  ],
  [
    'more than a message has',
    (files) => forged(files, MESSAGES, ([first = '', ...rest]) => all([edited(first, { __proto__x: 1 }), ...rest])),
    { file: MESSAGES, line: 1 },
  ],
  [
    'an id twice',
    (files) => forged(files, MEMORIES, (lines) => all([...lines, lines[0] ?? ''])),
    { file: MEMORIES, problem: 'its id was there before' },
  ],
  [
    'a conversation that is nowhere',
    (files) =>
      forged(files, MESSAGES, ([first = '', ...rest]) =>
        all([edited(first, { conversation: crypto.randomUUID() }), ...rest]),
      ),
    { file: MESSAGES, line: 1, problem: /conversations has to hold/ },
  ],
  [
    'a file out of the folder',
    (files) =>
      forged(files, MESSAGES, ([first = '', ...rest]) =>
        all([edited(first, { attachments: [{ file: '../../etc/passwd', name: 'x', type: 'a/b', size: 1 }] }), ...rest]),
      ),
    { file: MESSAGES, line: 1, problem: /attachments\[0\]\.file/ },
  ],
  [
    'a file that the manifest does not name',
    (files) =>
      forged(files, MESSAGES, ([first = '', ...rest]) =>
        all([edited(first, { attachments: [{ file: 'files/none', name: 'x', type: 'a/b', size: 1 }] }), ...rest]),
      ),
    { line: 1, problem: /not in the manifest/ },
  ],
  [
    'bytes that are no text',
    (files) => new Map(forged(files, MEMORIES, all)).set(MEMORIES, Buffer.of(0xff, 0xfe, 0x0a)),
    { file: MEMORIES, line: 1, problem: 'it is no text in UTF-8' },
  ],
  [
    'a changed file',
    (files) => new Map(files).set(MEMORIES, Buffer.from(String(files.get(MEMORIES)).replace('"asks":', '"asks": '))),
    { file: MEMORIES, problem: /not as the manifest says/ },
  ],
  [
    'a missing file',
    (files) => new Map([...files].filter(([path]) => path !== MEMORIES)),
    { file: MEMORIES, problem: /not there/ },
  ],
];

test.each(CORPUS)('%s is named by file and line, and nothing is imported [DATA-7, SEC-9]', async (_, breakIt, said) => {
  const { session, report } = await there.looked(breakIt(exported));
  const found = report?.problems.map((problem) =>
    Object.entries(said).every(([key, value]) => {
      const told = problem[key as keyof typeof problem];
      return value instanceof RegExp ? value.test(String(told)) : told === value;
    }),
  );
  expect(found, JSON.stringify(report?.problems)).toContain(true);
  await expect(there.bus.request('export.import.add.v1', { session })).rejects.toMatchObject({
    code: 'EXPORT_INVALID',
  });
  await there.givenUp(session);
  expect(there.added).toEqual([]);
});

test.each<[string, (manifest: ExportManifest) => unknown, string]>([
  ['of a newer version', (manifest) => ({ ...manifest, version: 2 }), 'EXPORT_NEWER'],
  ['of something else', () => ({ format: 'other' }), 'EXPORT_UNREADABLE'],
  ['that is null', () => null, 'EXPORT_UNREADABLE'],
  [
    'with a path out of the folder',
    (manifest) => ({ ...manifest, files: [{ ...manifest.files[0], path: '../x' }] }),
    'EXPORT_UNREADABLE',
  ],
  [
    'with a path from the root',
    (manifest) => ({ ...manifest, files: [{ ...manifest.files[0], path: '/etc/passwd' }] }),
    'EXPORT_UNREADABLE',
  ],
  [
    'that names a file twice',
    (manifest) => ({ ...manifest, files: [manifest.files[0], manifest.files[0]] }),
    'EXPORT_UNREADABLE',
  ],
  ['of an export to be read only', (manifest) => ({ ...manifest, formats: ['markdown'] }), 'EXPORT_UNREADABLE'],
])('a manifest %s is refused [DATA-7]', async (_, change, code) => {
  await expect(there.looked(withManifest(exported, change))).rejects.toMatchObject({ code });
  await expect(there.looked(new Map())).rejects.toMatchObject({ code: 'EXPORT_UNREADABLE' });
});

test('files that change between the look and the import end it, and nothing invalid is added [DATA-7]', async () => {
  await using house = await createHouse();
  const { session } = await house.looked(exported);
  const adding = await house.bus.request('export.import.add.v1', { session });
  const changed = new Map(exported).set(MEMORIES, Buffer.from('{"id":"x"}\n'));
  await expect(house.fed(changed, adding)).rejects.toMatchObject({ code: 'EXPORT_CHANGED' });
  expect(house.added).not.toContain('memory memories');
  await expect(house.bus.request('export.import.add.v1', { session })).rejects.toMatchObject({
    code: 'EXPORT_IMPORT_UNKNOWN',
  });
});

test('one import runs at a time, and takes the file that it asked for, from its first byte on [DATA-7]', async () => {
  await using house = await createHouse();
  const { session } = await house.bus.request('export.import.begin.v1', {});
  await expect(house.bus.request('export.import.begin.v1', {})).rejects.toMatchObject({ code: 'EXPORT_BUSY' });
  const other = { session, file: 'other.jsonl', offset: 0, data: '' };
  await expect(house.bus.request('export.import.feed.v1', other)).rejects.toMatchObject({
    code: 'EXPORT_IMPORT_ORDER',
  });
  const { session: next } = await house.bus.request('export.import.begin.v1', {});
  const ahead = { session: next, file: 'manifest.json', offset: 7, data: '' };
  await expect(house.bus.request('export.import.feed.v1', ahead)).rejects.toMatchObject({
    code: 'EXPORT_IMPORT_ORDER',
  });
});
