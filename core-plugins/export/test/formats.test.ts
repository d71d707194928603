import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonSchema, SCHEMAS } from '@aico/sdk/protocol';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, onTestFinished, test } from 'vitest';
import { safeName } from '../src/attached-files.ts';
import { ParquetFile } from '../src/formats/parquet-file.ts';
import { createHouse } from './support/house.ts';
import { fill } from './support/people.ts';
import { seeded, textOf } from './support/seeded.ts';

/** What DuckDB reads in a Parquet file. */
async function readParquet(bytes: Uint8Array, columns = '*'): Promise<Record<string, unknown>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aico-parquet-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'table.parquet');
  await writeFile(path, bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(`select ${columns} from read_parquet('${path}')`)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

test('another program reads from a Parquet file every value of every type that was written, over many row groups [DATA-7]', async () => {
  const { below } = seeded(11);
  const pieces: Uint8Array[] = [];
  const types = { text: 'text', count: 'integer', flag: 'boolean', at: 'time', more: 'json' } as const;
  const file = new ParquetFile(types, async (bytes) => void pieces.push(bytes));
  const rows = Array.from({ length: 45_003 }, (_, at) => ({
    text: below(5) === 0 ? undefined : textOf(below).slice(0, 50).replaceAll('\u0000', ''),
    count: below(5) === 0 ? undefined : below(2 ** 31) * (below(2) === 0 ? -1 : 2 ** 21),
    flag: below(5) === 0 ? undefined : below(2) === 1,
    at:
      below(5) === 0
        ? undefined
        : `2026-11-26T12:00:${String(at % 60).padStart(2, '0')}.${String(at).padStart(6, '0')}Z`,
    more: below(5) === 0 ? undefined : { at, list: [1, 'two'] },
  }));
  for (const row of rows) await file.add(row);
  await file.end();
  const read = await readParquet(Buffer.concat(pieces), 'text, count, flag, epoch_us("at") as at, more');
  expect(read).toHaveLength(rows.length);
  for (const [at, row] of rows.entries()) {
    const { text = null, count, flag = null, more } = row;
    const micros = row.at && String(Date.parse(`${row.at.slice(0, 19)}Z`) * 1000 + Number(row.at.slice(20, 26)));
    const whole = {
      text,
      count: count === undefined ? null : String(count),
      flag,
      at: micros ?? null,
      more: more === undefined ? null : JSON.stringify(more),
    };
    if (JSON.stringify(read[at]) !== JSON.stringify(whole)) expect(read[at]).toEqual(whole);
  }
});

test('an empty table is a table, and what does not fit its column is left out [DATA-7]', async () => {
  for (const rows of [[], [{ n: 'seven', at: 'yesterday', yes: 1, t: 7 }]]) {
    const pieces: Uint8Array[] = [];
    const file = new ParquetFile(
      { n: 'integer', at: 'time', yes: 'boolean', t: 'text' },
      async (bytes) => void pieces.push(bytes),
    );
    for (const row of rows) await file.add(row);
    await file.end();
    expect(await readParquet(Buffer.concat(pieces))).toEqual(
      rows.map(() => ({ n: null, at: null, yes: null, t: null })),
    );
  }
});

test('nothing that a row may hold is lost or keeps another row from being read [DATA-7]', async () => {
  const long = '\u{1F600}'.repeat(1_500_000);
  const hostile = JSON.parse('{"__proto__": {"x": 1}, "toJSON": "no", "deep": [null, -0.5, "\\u0000"]}');
  const rows = [
    { text: '', count: Number.MAX_SAFE_INTEGER, same: 'x', more: null },
    { text: 'Z\u0000\u{10FFFF}\uFFFF\u{1F468}\u200D', count: Number.MIN_SAFE_INTEGER, same: 'x', more: hostile },
    { text: '\uD83D and \uDE00 alone', count: 0, same: 'x', more: ['\uD83D', '\\ud83d', '\\\uD83D', '\u{1F600}'] },
    { text: long, count: 2 ** 53, same: 'x', more: { long } },
    {},
    ...Array.from({ length: 40 }, () => ({ same: 'x', more: hostile })),
  ];
  const pieces: Uint8Array[] = [];
  const types = { text: 'text', count: 'integer', same: 'text', more: 'json', never: 'boolean', at: 'time' } as const;
  const file = new ParquetFile(types, async (bytes) => void pieces.push(bytes));
  for (const row of rows) await file.add(row);
  await file.end();
  const bytes = Buffer.concat(pieces);
  const read = await readParquet(bytes);
  const whole = rows.map((row: { text?: string; count?: number; same?: string; more?: unknown }) => ({
    text: row.text?.toWellFormed() ?? null,
    count: Number.isSafeInteger(row.count) ? String(row.count) : null,
    same: row.same ?? null,
    more: row.more === undefined ? null : JSON.stringify(row.more, (_, held) => held?.toWellFormed?.() ?? held),
    never: null,
    at: null,
  }));
  expect(read.length).toBe(whole.length);
  for (const [at, row] of whole.entries())
    expect(JSON.stringify(read[at]) === JSON.stringify(row), `row ${at}`).toBe(true);
  const [kinds] = await readParquet(
    bytes,
    'typeof(text) as text, typeof(count) as count, typeof(more) as more, typeof(never) as never, typeof("at") as at',
  );
  const zoned = 'TIMESTAMP WITH TIME ZONE';
  expect(kinds).toEqual({ text: 'VARCHAR', count: 'BIGINT', more: 'JSON', never: 'BOOLEAN', at: zoned });
});

test('all formats tell of the same records, and the manifest of every file [DATA-7]', async () => {
  await using house = await createHouse();
  fill(house, 3);
  const { files, done } = await house.exported({ formats: ['jsonl', 'markdown', 'parquet'] });
  const manifest = JSON.parse(String(files.get('manifest.json')));
  expect(manifest).toMatchObject({ format: 'aico-export', version: 1, formats: ['jsonl', 'markdown', 'parquet'] });
  expect(manifest.files.map(({ path }: { path: string }) => path).sort()).toEqual(
    [...files.keys()].filter((path) => path !== 'manifest.json').sort(),
  );
  expect(done).toMatchObject({ counts: manifest.counts, files: files.size, leftOut: 0 });
  for (const { plugin, kind, records } of done.counts) {
    expect(String(files.get(`${plugin}/${kind}.jsonl`)).split('\n')).toHaveLength(records + 1);
    const [row] = await readParquet(files.get(`parquet/${plugin}-${kind}.parquet`) ?? Buffer.alloc(0), 'count(*) as n');
    expect(row).toEqual({ n: String(records) });
  }
  const conversations = [...files.keys()].filter((path) => path.startsWith('markdown/conversations/'));
  expect(conversations).toHaveLength(house.kept.get('chat')?.get('conversations')?.length ?? -1);
  for (const path of files.keys()) expect(path).toMatch(/^[a-z0-9][\w./-]*$/i);
});

test('what a plugin keeps with a time and a text is there to be read, by day [DATA-7]', async () => {
  await using house = await createHouse();
  house.kept.get('diary')?.set('lines', [
    { id: '1', when: '2026-11-20T12:00:00.000Z', text: 'Rain.' },
    { id: '2', when: '2026-11-21T12:00:00.000Z', text: 'Sun,\nand wind.' },
    { id: '3', when: '2026-11-21T13:00:00.000Z', text: 'Stars.' },
    { id: '4', text: 'Without a time.' },
  ]);
  const { files } = await house.exported({ formats: ['markdown'], parts: ['diary'] });
  expect(String(files.get('markdown/diary-lines.md'))).toBe(
    '# diary: lines\n\n## 2026-11-20\n\n- Rain.\n\n## 2026-11-21\n\n- Sun,\n  and wind.\n- Stars.\n',
  );
});

test('what any plugin keeps has its time and its text in columns of a table, and all of it beside them [DATA-7]', async () => {
  await using house = await createHouse();
  const lines = [
    { id: '1', when: '2026-11-20T12:00:00.000Z', text: 'Rain.', record: 'wet' },
    { id: '2', text: 'Without a time.', conversation: 'c-1' },
  ];
  house.kept.get('diary')?.set('lines', lines);
  const { files } = await house.exported({ formats: ['parquet'], parts: ['diary'] });
  const table = files.get('parquet/diary-lines.parquet') ?? Buffer.alloc(0);
  expect(await readParquet(table, 'id, epoch_ms("when") as ms, text, conversation, record')).toEqual([
    { id: '1', ms: '1795176000000', text: 'Rain.', conversation: null, record: JSON.stringify(lines[0]) },
    { id: '2', ms: null, text: 'Without a time.', conversation: 'c-1', record: JSON.stringify(lines[1]) },
  ]);
});

test.each([
  ['../../etc/passwd', 'etc-passwd'],
  ['Größe 2.PNG', 'Große-2.PNG'.replace('ß', '-')],
  ['.bashrc', 'file.bashrc'],
  ['日本', 'file'],
  ['a\u0000b.tar.gz', 'a-b-tar.gz'],
])('a file called %j is written as %j', (name, safe) => {
  expect(safeName(name)).toBe(safe);
});

test('an export names what it cannot take out, and is in the audit before its first byte [DATA-7, SEC-8]', async () => {
  await using house = await createHouse();
  await expect(house.exported({ parts: ['nobody'] })).rejects.toMatchObject({ code: 'EXPORT_PART_UNKNOWN' });
  house.kept.get('diary')?.set('entries', [{ text: 'without an id' }]);
  await expect(house.exported({ parts: ['diary'] })).rejects.toMatchObject({ code: 'EXPORT_PART_BROKEN' });
  const { parts } = await house.bus.request('export.parts.v1', {});
  expect(parts.map(({ plugin, imports }) => [plugin, imports])).toEqual([
    ['diary', true],
    ['memory', true],
    ['chat', true],
    ['kernel', false],
  ]);
  const whole = await house.exported({ parts: ['kernel'] });
  expect([...whole.files.keys()]).toContain('kernel/consents.jsonl');
});

test('an exported message has everything that a message has, so that no export is refused for what is newer [DATA-7]', () => {
  const keysOf = (schema: JsonSchema | undefined) => Object.keys((schema as { properties: object }).properties);
  const exported = keysOf(SCHEMAS['export#ExportedMessage']);
  expect(exported).toEqual(expect.arrayContaining(keysOf(SCHEMAS['chat#ChatMessage'])));
});
