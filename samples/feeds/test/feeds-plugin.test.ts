import { readFileSync } from 'node:fs';
import { AicoError, type Manifest } from '@aico/sdk';
import {
  type AskedNetwork,
  createTestKernel,
  type NetworkAnswer,
  recordsOf,
  serveNetwork,
  serveSchedule,
  serveStorage,
  type TestKernel,
} from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';

const read = (path: string): Buffer => readFileSync(new URL(path, import.meta.url));
const manifest = JSON.parse(read('../plugin.json').toString()) as Manifest;
const MIGRATIONS = ['migrations/0001-feeds.sql', 'migrations/0002-when-added.sql'];
const RSS = 'https://harbour.test/rss.xml';
const ATOM = 'https://light.test/feed.atom';

/** Servers by address; each may be changed while the test runs. */
type Servers = Record<string, NetworkAnswer | ((asked: AskedNetwork) => NetworkAnswer)>;

const servers = (): Servers => ({
  [RSS]: { text: read('feeds/rss.xml').toString() },
  [ATOM]: ({ headers }) =>
    headers?.['if-none-match'] === '"1"'
      ? { status: 304 }
      : { text: read('feeds/atom.xml').toString(), headers: { etag: '"1"' } },
});

async function prepare(kernel: TestKernel, web: Servers) {
  const asked: string[] = [];
  await serveStorage(kernel);
  const schedule = await serveSchedule(kernel, new Date('2026-11-26T12:00:00Z'));
  await serveNetwork(kernel, (question) => {
    asked.push(question.url);
    const answer = web[question.url] ?? { status: 404 };
    return typeof answer === 'function' ? answer(question) : answer;
  });
  const topics = ['plugin.*.command.run.v1'];
  const chat = await kernel.peer({
    id: 'chat',
    permissions: [
      ...topics.map((topic) => ({ verb: 'request', topic }) as const),
      { verb: 'serve', topic: 'chat.message.add.v1' },
    ],
  });
  const written: string[] = [];
  await chat.bus.serve('chat.message.add.v1', ({ data }) => {
    written.push(data.text);
    return { id: crypto.randomUUID() } as never;
  });
  const assets = new Map(MIGRATIONS.map((path) => [path, read(`../${path}`)]));
  await kernel.load({ manifest, definition, assets });
  const about = {
    name: 'feeds',
    conversation: crypto.randomUUID(),
    time: '2026-11-26T12:00:00.000Z',
    timezone: 'Europe/Oslo',
  };
  const type = async (typed: string): Promise<string> =>
    (await chat.bus.request('plugin.feeds.command.run.v1', { ...about, arguments: typed })).text;
  return { type, asked, written, schedule };
}

test('follows a feed, and tells each entry once [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const web = servers();
  const { type } = await prepare(kernel, web);
  expect(await type('')).toMatch(/^You follow no feeds\./);
  expect(await type(`add ${RSS}`)).toBe(
    [
      'Added as number 1. A digest comes into this talk every day at 8:00.',
      '',
      '**Harbour news**',
      '- [A & B: the new pier “opens” on Friday](https://harbour.test/pier)',
      '- [Gulls count us, too](https://harbour.test/gulls)',
      '- Nothing but a description',
    ].join('\n'),
  );
  expect(await type(`add ${RSS}`)).toBe('You follow that already, as number 1.');
  expect(await type('now')).toBe('Nothing new from Harbour news.');
  web[RSS] = {
    text: read('feeds/rss.xml')
      .toString()
      .replace('harbour-1', 'harbour-4')
      .replace('Nothing but', '[Ships](x) **and**'),
  };
  expect(await type('now')).toBe('📰 **Your feeds**\n\n**Harbour news**\n- Ships(x) and a description');
  expect(await type('now')).toBe('Nothing new from Harbour news.');
  expect(await type('')).toMatch(
    /^- \*\*1\*\* Harbour news \(harbour\.test\), last seen \d{4}-\d\d-\d\d \d+:\d\d\n\nNext digest: 2026-11-27 8:00\.$/,
  );
});

test('says of each feed what went wrong and when it was last seen, and reads the others [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const web = servers();
  const { type, asked } = await prepare(kernel, web);
  await type(`add ${RSS}`);
  await type(`add ${ATOM}`);
  web[RSS] = () => {
    throw new AicoError('NET_UNREACHABLE', { subject: 'harbour.test', details: { problem: 'offline' } });
  };
  expect(await type('now')).toBe(
    [
      '📰 **Your feeds**',
      '⚠️ **Harbour news**: harbour.test cannot be reached; you may be offline. Last seen: less than an hour ago.',
      'Nothing new from Lighthouse notes.',
    ].join('\n\n'),
  );
  web[RSS] = { status: 500 };
  expect(await type('now')).toContain('**Harbour news**: its server answers 500.');
  web[RSS] = { text: '<html></html>' };
  expect(await type('now')).toContain('**Harbour news**: what is there is neither RSS nor Atom.');
  web[RSS] = servers()[RSS] ?? {};
  expect(await type('now')).toBe('Nothing new from Harbour news, Lighthouse notes.');
  expect(asked.filter((url) => url === ATOM)).toHaveLength(5);
});

test('a feed that does not answer is not added, and its user is told what to do [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const { type } = await prepare(kernel, {
    'https://closed.test/feed': () => {
      throw new AicoError('NET_HOST_DENIED', { subject: 'feeds', details: { host: 'closed.test' } });
    },
  });
  expect(await type('add closed.test/feed')).toBe(
    'Not added: I may not contact closed.test. Add it under Plugins → Feeds → Settings, to the hosts.',
  );
  expect(await type('add https://missing.test/feed')).toBe('Not added: its server answers 404.');
  expect(await type('')).toMatch(/^You follow no feeds\./);
});

test('the digest comes each day, when there is something to tell [PLG-9]', async () => {
  await using kernel = await createTestKernel();
  const web = servers();
  const { type, written, schedule } = await prepare(kernel, web);
  await type(`add ${RSS}`);
  expect(await type('at 7.30')).toBe('A digest comes into this talk every day at 7:30.');
  await schedule.advance(24 * 60 * 60_000);
  expect(written).toEqual([]);
  web[RSS] = { text: read('feeds/rss.xml').toString().replace('harbour-3', 'harbour-5') };
  await schedule.advance(24 * 60 * 60_000);
  await expect.poll(() => written).toEqual([expect.stringContaining('the new pier “opens” on Friday')]);
  expect(await type('off')).toMatch(/^No more digests\./);
  expect(await type('off')).toBe('There is no daily digest.');
  expect(await type('remove 2')).toBe('There is no feed 2.');
  expect(await type('remove 1')).toBe('Removed: Harbour news');
});

test.each([
  ['add', 'That is not the address of a feed.'],
  ['add javascript:alert(1)', 'That is not the address of a feed.'],
  ['add https://user:word@x.test/', 'That is not the address of a feed.'],
  ['add a b', 'That was more than I understand.'],
  ['at 25', 'That is no time of day.'],
  ['remove all', 'Which one? Say its number.'],
  ['dance', 'I do not know "dance".'],
])('says what is wrong with "%s" [PLG-9]', async (typed, problem) => {
  await using kernel = await createTestKernel();
  const { type } = await prepare(kernel, {});
  expect(await type(typed)).toContain(problem);
});

test('takes part in forgetting and in export: the list of feeds, and the digest of a talk [DATA-7]', async () => {
  await using kernel = await createTestKernel();
  const { type, written, schedule } = await prepare(kernel, servers());
  for (const url of [RSS, ATOM]) await type(`add ${url}`);
  const { find, forget, exported, imported } = await recordsOf(kernel, 'feeds');
  const kept = await exported();
  expect(kept).toMatchObject([
    { kind: 'feeds', data: { id: '1', title: 'Harbour news', url: RSS } },
    { kind: 'feeds', data: { id: '2', url: ATOM } },
    { kind: 'digests', data: { id: 'daily', cron: '0 8 * * *', timezone: 'Europe/Oslo' } },
  ]);
  expect((await find({ names: ['Harbour'] })).map(({ id }) => id)).toEqual(['feed/1']);
  const conversations = [String(kept[2]?.data['conversation'])];
  expect((await find({ conversations })).map(({ id }) => id)).toEqual(['digest/daily']);
  const from = String(kept[0]?.data['when']);
  const to = new Date(Date.parse(from) + 1).toISOString();
  expect((await find({ from, to })).map(({ id }) => id)).toContain('feed/1');
  expect(await find({ from: '2020-01-01T00:00:00Z', to: from })).not.toContainEqual(
    expect.objectContaining({ id: 'feed/1' }),
  );
  expect(await forget({ others: ['feed/1'], conversations })).toEqual({ feed: 1, digest: 1 });
  await schedule.advance(24 * 60 * 60_000);
  expect([written, await type('')]).toEqual([[], expect.stringContaining('There is no daily digest.')]);
  expect((await imported(kept, { dry: true })).map(({ is }) => is)).toEqual(['new', 'known', 'new']);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['new', 'known', 'new']);
  expect((await imported(kept)).map(({ is }) => is)).toEqual(['known', 'known', 'known']);
  // The digest comes a day later now.
  const { when: _, ...digest } = kept[2]?.data ?? {};
  expect(await exported()).toEqual([...kept.slice(0, 2), { kind: 'digests', data: expect.objectContaining(digest) }]);
  const wrong = (at: number, changes: object) => ({ ...kept[at], data: { ...kept[at]?.data, ...changes } }) as never;
  await forget({ conversations });
  expect(
    (await imported([wrong(0, { url: 'file:///etc/passwd' }), wrong(2, { cron: '* * * * *' })])).map(({ is }) => is),
  ).toEqual(['refused', 'refused']);
});
