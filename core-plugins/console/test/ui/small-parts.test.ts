import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../../chat/src/commands.ts';
import { toldWithContent } from '../../../chat/src/told-files.ts';
import { withHappening } from '../../ui/src/activity/happenings.ts';
import { layOutSpokes } from '../../ui/src/activity/traffic-layout.ts';
import { backoffMs } from '../../ui/src/api/backoff.ts';
import { groupByLabel } from '../../ui/src/app/group-by-label.ts';
import { companionMood } from '../../ui/src/companion/companion-mood.ts';
import { searchEntries } from '../../ui/src/menu/menu-entries.ts';
import { oneServerId, parseServerAddress, serverId } from '../../ui/src/models/server-address.ts';
import { constraintList } from '../../ui/src/plugins/constraint-list.ts';
import { moodOf } from '../../ui/src/plugins/plugin-mood.ts';
import { linePoints, withSample } from '../../ui/src/plugins/usage-history.ts';
import { fatesOf, isReadable } from '../../ui/src/talk/attach/attached-file.ts';
import { commandQuery, isCommand, matchCommands } from '../../ui/src/talk/command-query.ts';
import { inOrder, withoutConversation } from '../../ui/src/talk/conversation-order.ts';
import { beginsDay } from '../../ui/src/talk/day-breaks.ts';

describe('commands', () => {
  const commands = ['roll', 'diary', 'enroll'].map((name) => ({
    name,
    description: name,
    plugin: 'p1',
    pluginName: 'P',
  }));

  test('are looked for while a name follows a slash, and not after it', () => {
    expect(['/', '/ro', 'hello', '/roll ', 'a /ro'].map(commandQuery)).toEqual([
      '',
      'ro',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('that begin with what was typed come first', () => {
    expect(matchCommands(commands, 'roll').map(({ name }) => name)).toEqual(['roll', 'enroll']);
  });
});

describe('files that are attached', () => {
  const files = [
    ['notes.md', 'text/markdown', new Uint8Array(20_000).fill(65)],
    ['sea.png', 'image/png', Uint8Array.of(1)],
    ['more.txt', 'text/plain', new Uint8Array(20_000).fill(66)],
    ['broken.txt', 'text/plain', Uint8Array.of(0xff, 0xfe)],
    ['last.json', 'application/json', new Uint8Array(12_000).fill(67)],
  ] as const;

  test('are said to be read by the model where the chat plugin gives it their content, and not else [UI-1]', async () => {
    const uploads = files.map(async ([, type, bytes]) => {
      return { type, size: bytes.length, readable: await isReadable(new Blob([bytes])) };
    });
    const fates = fatesOf(await Promise.all(uploads));
    expect(fates).toEqual(['read', 'named', 'full', 'named', 'read']);
    const attachments = files.map(([name, type, { length: size }], at) => ({ id: String(at), name, type, size }));
    const read = async function* (id: string): AsyncGenerator<Uint8Array> {
      yield files[Number(id)]?.[2] ?? new Uint8Array();
    };
    const told = await toldWithContent({ text: '', attachments } as never, { read } as never);
    expect(told.filesRead).toEqual(fates.flatMap((fate, at) => (fate === 'read' ? [at] : [])));
  });

  test('are said to go with a command where the chat plugin sees one', () => {
    const drafts = ['/roll 2d6', ' /note', '/etc/passwd', 'a /roll', '/2d6', '/', '/roll\ntwice'];
    expect(drafts.map(isCommand)).toEqual(drafts.map((draft) => parseCommand(draft) !== undefined));
  });
});

describe('conversations', () => {
  const conversation = (id: string, updatedAt: string) => ({
    id,
    title: id,
    createdAt: updatedAt,
    updatedAt,
    messages: 1,
  });

  test('stand latest first, each once, the newest word counts', () => {
    const all = [conversation('a', '2026-01-01'), conversation('b', '2026-01-02'), conversation('a', '2026-01-03')];
    expect(inOrder(all).map(({ id, updatedAt }) => [id, updatedAt])).toEqual([
      ['a', '2026-01-03'],
      ['b', '2026-01-02'],
    ]);
    expect(withoutConversation(inOrder(all), 'a').map(({ id }) => id)).toEqual(['b']);
  });

  test('are grouped under headings in order', () => {
    expect(groupByLabel([1, 2, 3, 4], (value) => (value % 2 ? 'odd' : 'even'))).toEqual([
      { label: 'odd', items: [1, 3] },
      { label: 'even', items: [2, 4] },
    ]);
  });

  test('have a heading where a day begins', () => {
    const entry = (createdAt: string) => ({
      message: { id: createdAt, conversation: 'c', role: 'user', status: 'complete', text: '', createdAt } as const,
    });
    const [first, second] = [entry('2026-11-22T12:00:00Z'), entry('2026-11-23T12:00:00Z')];
    expect([beginsDay(first, undefined), beginsDay(first, first), beginsDay(second, first)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('the command menu', () => {
  const entries = ['Plugins', 'Einstellungen', 'Seite über den Süden'].map((label) => ({ label }));

  test('finds by every word, without minding accents or case', () => {
    expect(searchEntries(entries, 'SUD uber').map(({ label }) => label)).toEqual(['Seite über den Süden']);
    expect(searchEntries(entries, '  ')).toEqual(entries);
    expect(searchEntries(entries, 'xyz')).toEqual([]);
  });
});

describe('model servers', () => {
  test.each([
    ['http://127.0.0.1:11434', { host: '127.0.0.1', local: true }],
    ['http://localhost:8080/v1', { host: 'localhost', local: true }],
    ['http://[::1]:1234', { host: '[::1]', local: true }],
    ['https://api.example.org/v1', { host: 'api.example.org', local: false }],
    ['https://127.0.0.1.example.org', { host: '127.0.0.1.example.org', local: false }],
    ['ftp://example.org', undefined],
    ['example.org', undefined],
  ])('%s leads where it says [SEC-8]', (text, address) => {
    expect(parseServerAddress(text)).toEqual(address);
  });

  test('get an id from their name, unlike the others', () => {
    expect(serverId('Büro-Rechner 2', [])).toBe('bu-ro-rechner-2');
    expect(serverId('Ollama', ['ollama', 'ollama-2'])).toBe('ollama-3');
    expect(serverId('42', [])).toBe('server');
  });

  test('is one for a form that is sent again, although the first time was kept and its id is in use by then', () => {
    const idFor = oneServerId();
    const first = idFor('Study', ['study']);
    expect([first, idFor('Study', ['study', first]), idFor('The study', ['study', first])]).toEqual(
      Array.from({ length: 3 }, () => 'study-2'),
    );
    expect(oneServerId()('Study', ['study', first])).toBe('study-3');
  });
});

describe('plugins', () => {
  test('have a mood that one colour can show', () => {
    expect(moodOf({ state: 'active', enabled: true })).toBe('well');
    expect(moodOf({ state: 'stopped', enabled: false })).toBe('off');
    expect(moodOf({ state: 'pending', enabled: true })).toBe('waiting');
    expect(moodOf({ state: 'backoff', enabled: true })).toBe('trouble');
    expect(moodOf({ state: 'starting', enabled: true })).toBe('busy');
  });

  test('show the limits of a permission as a list', () => {
    const limits = { hosts: ['a.example', 'b.example'], ports: [443], scope: 'own', allowPrivate: true, maxBytes: 9 };
    expect(constraintList(limits)).toBe('a.example, b.example, 443, own');
    expect(constraintList(undefined)).toBeUndefined();
    expect(constraintList(limits, 'contact a.example and b.example')).toBe('443, own');
  });

  test('keep a bounded history that is drawn from the right', () => {
    let samples = withSample([], { memoryMb: 1, cpuPercent: 0 });
    for (let index = 0; index < 100; index += 1) samples = withSample(samples, { memoryMb: index, cpuPercent: 0 });
    expect([samples.length, samples.at(-1)?.memoryMb]).toEqual([40, 99]);
    expect(linePoints([0, 50], 100, 26, 100)).toBe('97.4,26.0 100.0,13.0');
  });

  test('stand around the kernel, thicker the more they said', () => {
    const [first, second] = layOutSpokes(
      [
        { id: 'a', messages: 0 },
        { id: 'b', messages: 1000 },
      ],
      200,
      100,
    );
    expect(first).toEqual({ id: 'a', x: 0, y: -100, width: 1 });
    expect(second).toMatchObject({ y: 100, width: 7 });
  });
});

describe('what happens', () => {
  const change = (to: 'starting' | 'active') =>
    ({
      kind: 'plugin',
      id: 1,
      time: new Date(0),
      change: { id: 'dice', name: 'Dice', version: '1.0.0', from: 'stopped', to, enabled: true },
    }) as const;

  test('is listed newest first, without the states that are only passed', () => {
    expect(withHappening([], change('starting'))).toEqual([]);
    const two = withHappening(withHappening([], change('active')), { ...change('active'), id: 2 });
    expect(two.map(({ id }) => id)).toEqual([2, 1]);
  });

  test('is kept within bounds', () => {
    const many = Array.from({ length: 300 }, (_, id) => ({ ...change('active'), id }));
    expect(many.reduce(withHappening, [] as readonly ReturnType<typeof change>[] as never[])).toHaveLength(200);
  });
});

test('the face follows what happens', () => {
  const calm = { reachable: true, replying: false, speaking: false, writing: false };
  expect(companionMood(calm)).toBe('resting');
  expect(companionMood({ ...calm, writing: true })).toBe('listening');
  expect(companionMood({ ...calm, replying: true })).toBe('thinking');
  expect(companionMood({ ...calm, replying: true, speaking: true })).toBe('talking');
  expect(companionMood({ ...calm, reachable: false, replying: true })).toBe('asleep');
});

test('the waits between tries double up to a quarter of a minute [UI-2]', () => {
  expect([0, 1, 2, 3, 10].map((attempt) => backoffMs(attempt, () => 0.5))).toEqual([500, 1000, 2000, 4000, 15_000]);
  expect(backoffMs(0, () => 0)).toBe(400);
});
