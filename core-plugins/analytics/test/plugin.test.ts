import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@aico/sdk';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import analytics from '../src/index.ts';
import { READY_QUERIES } from '../src/ready-queries.ts';
import { loadAnalytics } from './support/load-analytics.ts';

const TOLD = 'select role, text, words, model, prompt_tokens from messages order by created_at, role desc';

describe('questions about conversations [DATA-4]', () => {
  test('see what was said up to the moment, and no message twice', async () => {
    const { ask, rows, say } = await loadAnalytics();
    const conversation = await say('I like green tea');
    expect(await rows(TOLD)).toEqual([
      ['user', 'I like green tea', 4, null, null],
      ['companion', 'Good choice indeed', 3, 'tiny', 5],
    ]);
    await say('And cake', conversation);
    await say('Hello');
    const { rows: counted, progress } = await ask('select count(*), count(distinct id) from messages');
    expect(counted).toEqual([[6, 6]]);
    expect(progress.filter(({ rows: read = 0 }) => read > 0)).toEqual([
      { stage: 'reading', table: 'messages', rows: 4 },
    ]);
    expect(await rows('select messages, characters from conversations order by messages')).toEqual([
      [2, 23],
      [4, 60],
    ]);
  });

  test('no longer see what is gone, and see again what came back', async () => {
    const { rows, say, user } = await loadAnalytics();
    const kept = await say('I like green tea');
    const gone = await say('Forget this');
    const count = 'select count(*) from messages';
    expect(await rows(count)).toEqual([[4]]);
    await user.bus.request('chat.conversation.delete.v1', { id: gone });
    expect(await rows("select text from messages where role = 'user'")).toEqual([['I like green tea']]);
    expect(await rows('select id from conversations')).toEqual([[kept]]);
    await user.bus.request('chat.conversation.restore.v1', { id: gone });
    expect(await rows(count)).toEqual([[4]]);
  });

  test.each([
    ['deleted', "delete from message where text = 'Secret plan'", ['Hello', 'Open plan']],
    ['deleted while another comes', "delete from message where text = 'Secret plan'", ['Hello', 'Open plan', 'More']],
    ['blacked out', "update message set text = '…' where text = 'Secret plan'", ['Hello', 'Open plan', '…']],
    [
      'moved to another place',
      "update message set sequence = 900 where text = 'Secret plan'",
      ['Hello', 'Open plan', 'Secret plan'],
    ],
  ])('follow when single messages are %s in the chat', async (_, sql, left) => {
    const { rows, say, chatRows } = await loadAnalytics();
    const conversation = await say('Hello');
    await say('Secret plan', conversation);
    await say('Open plan', conversation);
    const told = "select text from messages where role = 'user' order by text";
    expect(await rows(told)).toEqual([['Hello'], ['Open plan'], ['Secret plan']]);
    await chatRows.batch([{ sql }]);
    if (left.includes('More')) await say('More', conversation);
    const now = (await rows(told)).flat().map(String);
    expect(now.toSorted()).toEqual(left.toSorted());
    expect(await rows('select count(*) - count(distinct id) from messages')).toEqual([[0]]);
  });
});

describe('questions about what AICO did [DATA-4]', () => {
  test('see which events are kept, and never what they say [SEC-8]', async () => {
    const { ask, rows, say } = await loadAnalytics();
    await say('Secret plan');
    await expect.poll(() => rows('select count(*) from events')).toEqual([[2]]);
    const { columns, rows: events } = await ask('select * exclude (time) from events order by sequence');
    expect(columns.map(({ name }) => name)).toEqual(['sequence', 'topic', 'sender', 'bytes']);
    expect(events).toEqual([
      [1, 'chat.message.created.v1', 'chat', expect.any(Number)],
      [2, 'chat.message.created.v1', 'chat', expect.any(Number)],
    ]);
    expect(JSON.stringify(events)).not.toContain('Secret');
    await say('Another');
    // They are told after the turn has ended.
    const counts = 'select count(*), count(distinct sequence), max(time) > min(time) from events';
    await expect.poll(() => rows(counts)).toEqual([[4, 4, true]]);
  });

  test('see the audit, each record once; that they looked is in it', async () => {
    const { rows, user } = await loadAnalytics();
    await user.bus.request('kernel.trail.note.v1', { kind: 'session.begun', details: { way: 'password' } });
    expect(await rows("select source, details->>'way' from audit where kind = 'session.begun'")).toEqual([
      ['user', 'password'],
    ]);
    await user.bus.request('kernel.trail.note.v1', { kind: 'session.begun', details: { way: 'key' } });
    expect(await rows("select details->>'way' from audit where kind = 'session.begun' order by number")).toEqual([
      ['password'],
      ['key'],
    ]);
    const [[records, distinct, highest, looks] = []] = await rows(
      "select count(*), count(distinct number), max(number), count(*) filter (kind = 'audit.exported') from audit",
    );
    expect([distinct, highest, looks]).toEqual([records, records, 3]);
  });

  test('see how much each plugin says, now and over time', async () => {
    const { rows, say } = await loadAnalytics();
    await say('Hello');
    expect(await rows("select sent > 0 from bus_plugins where plugin = 'chat'")).toEqual([[true]]);
    expect(await rows("select messages from bus_topics where topic = 'chat.turn.run.v1'")).toEqual([[1]]);
    expect(await rows("select sum(messages) > 0 from bus_flows where sender = 'chat'")).toEqual([[true]]);
    expect(await rows("select count(*) from metrics where plugin = 'chat'")).toEqual([[4]]);
  });

  test('read nothing that they are not about', async () => {
    const { ask, kernel } = await loadAnalytics();
    await kernel.unload('chat');
    expect((await ask('select 1')).progress).toEqual([{ stage: 'running' }]);
    await expect(ask('select count(*) from messages')).rejects.toMatchObject({
      code: 'ANALYTICS_SOURCE_AWAY',
      details: { table: 'messages', source: 'chat' },
    });
  });
});

describe('questions [DATA-4, SEC-4]', () => {
  test('about what analytics may no longer read say that, and how to allow it again', async () => {
    const { ask, kernel, say, rows } = await loadAnalytics();
    await say('Hello');
    expect(await rows('select count(*) from messages')).toEqual([[2]]);
    await kernel.unload('analytics');
    const manifest = JSON.parse(await readFile(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
    const permissions = manifest.permissions.filter(({ topic }) => !topic.startsWith('chat.'));
    const configuration = { memoryMb: 128, seconds: 10 };
    await kernel.load({ manifest: { ...manifest, permissions }, definition: analytics, configuration });
    await expect(ask('select count(*) from messages')).rejects.toMatchObject({
      code: 'ANALYTICS_SOURCE_DENIED',
      details: { table: 'messages', source: 'chat' },
    });
    expect(await rows('select count(*) > 0 from audit')).toEqual([[true]]);
  });

  test('are for whoever was granted them, and nobody else', async () => {
    const { kernel } = await loadAnalytics();
    const stranger = await kernel.peer({ id: 'stranger', permissions: [] });
    const asked = stranger.bus.stream('analytics.query.v1', { sql: 'from messages' }).result;
    await expect(asked).rejects.toMatchObject({ code: 'KERNEL_PERMISSION_DENIED' });
  });

  test('that take too much end, and the next one is answered as ever', async () => {
    const { kernel, load, rows, say } = await loadAnalytics();
    await say('Hello');
    const doubling = "with recursive r(s) as (select 'x' union all select s || s from r) select max(length(s)) from r";
    await expect(rows(doubling)).rejects.toMatchObject({ code: 'ANALYTICS_MEMORY', details: { limit: 128 } });
    expect(await rows('select count(*) from messages')).toEqual([[2]]);
    await kernel.unload('analytics');
    await load('analytics', { memoryMb: 128, seconds: 1 });
    const endless = 'with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) from r';
    await expect(rows(endless)).rejects.toMatchObject({ code: 'ANALYTICS_TIMEOUT', details: { seconds: 1 } });
    expect(await rows('select 1')).toEqual([[1]]);
  });

  test('ends after its time also while it is not more than understood, for which its constants are computed', async () => {
    const { user, rows } = await loadAnalytics({ seconds: 1 });
    const sql =
      'select list_sum(list_transform(range(300000), x -> list_sum(list_transform(range(1000), y -> x * y))))';
    const stream = user.bus.stream('analytics.query.v1', { sql });
    const stages: string[] = [];
    const told = (async () => {
      for await (const { stage } of stream) stages.push(stage);
    })().catch(() => undefined);
    await expect(stream.result).rejects.toMatchObject({ code: 'ANALYTICS_TIMEOUT', details: { seconds: 1 } });
    await told;
    expect(stages).toEqual([]);
    expect(await rows('select 1')).toEqual([[1]]);
  }, 60_000);

  test('are answered also when earlier ones left the process large', async () => {
    const { rows } = await loadAnalytics();
    const size = vi.spyOn(process.memoryUsage, 'rss').mockReturnValue(8 * 1024 ** 3);
    onTestFinished(() => size.mockRestore());
    expect(await rows('select count(*) from range(2000) a, range(30000) b where a.range + b.range >= 0')).toEqual([
      [60_000_000],
    ]);
    expect(size.mock.calls.length).toBeGreaterThan(1);
  });

  test('wait for one another; too many are refused, and one that is called off lets the next go on', async () => {
    const { user, rows } = await loadAnalytics();
    const sql = 'select count(*) from range(1000000) a, range(1000000) b';
    const asked = Array.from({ length: 12 }, () => user.bus.stream('analytics.query.v1', { sql }));
    const codes = asked.map(({ result }) =>
      result.then(
        () => 'answered',
        ({ code }: { code: string }) => code,
      ),
    );
    expect(await Promise.race(codes)).toBe('ANALYTICS_BUSY');
    for (const stream of asked) stream.cancel();
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['ANALYTICS_BUSY', 'KERNEL_CANCELLED']));
    expect(await rows('select 1')).toEqual([[1]]);
  });

  test('can be kept, changed and deleted; those that came with AICO stay', async () => {
    const { user } = await loadAnalytics();
    const { bus } = user;
    const mine = await bus.request('analytics.saved.put.v1', { name: 'Mine', sql: 'select 1', chart: 'table' });
    await bus.request('analytics.saved.put.v1', { ...mine, name: 'Still mine' });
    const { queries } = await bus.request('analytics.saved.list.v1', {});
    expect(queries).toEqual([...READY_QUERIES, { ...mine, name: 'Still mine' }]);
    expect(await bus.request('analytics.saved.delete.v1', { id: mine.id })).toMatchObject({ name: 'Still mine' });
    for (const id of [mine.id, 'words-per-day']) {
      await expect(bus.request('analytics.saved.delete.v1', { id })).rejects.toMatchObject({
        code: 'ANALYTICS_SAVED_UNKNOWN',
      });
    }
  });

  test('are forgotten when they mention somebody, the own ones alone [DATA-7]', async () => {
    const { bus } = (await loadAnalytics()).user;
    const sql = "select count(*) from messages where text like '%Ada%'";
    const mine = await bus.request('analytics.saved.put.v1', { name: 'How often', sql, chart: 'table' });
    await bus.request('analytics.saved.put.v1', { name: 'Adapted', sql: 'select 1', chart: 'table' });
    const find = async (names: string[]) => (await bus.request('plugin.analytics.forget.find.v1', { names })).items;
    expect(await find(['words', 'select'])).toHaveLength(2);
    expect(await find(['ada'])).toMatchObject([{ kind: 'question', id: mine.id, text: `How often: ${sql}` }]);
    const nothing = { messages: [], conversations: [], memories: [], titles: [], since: '2026-11-26T12:00:00Z' };
    const others = [mine.id, 'words-per-day'];
    expect(await bus.request('plugin.analytics.forget.run.v1', { ...nothing, others })).toEqual({
      kinds: [{ kind: 'question', removed: 1 }],
    });
    const { queries } = await bus.request('analytics.saved.list.v1', {});
    expect(queries.map(({ name }) => name)).toEqual([...READY_QUERIES.map(({ name }) => name), 'Adapted']);
  });

  test('leave nothing in memory of what is forgotten: the next one reads anew [DATA-7]', async () => {
    const { ask, say, user } = await loadAnalytics();
    await say('Hello');
    const read = async (): Promise<number> => {
      const { progress } = await ask('select count(*) from events');
      return Math.max(...progress.map((each) => each.rows ?? 0));
    };
    const all = await read();
    expect([all > 0, await read()]).toEqual([true, 0]);
    const nothing = { messages: [], conversations: [], memories: [], titles: [], others: [] };
    await user.bus.request('plugin.analytics.forget.run.v1', { ...nothing, since: '2026-11-26T12:00:00Z' });
    expect(await read()).toBe(all);
  });

  test('are exported and taken back once; those that came with AICO stay [DATA-7]', async () => {
    const { bus } = (await loadAnalytics()).user;
    const mine = await bus.request('analytics.saved.put.v1', { name: 'Mine', sql: 'select 1', chart: 'table' });
    const page = await bus.request('plugin.analytics.export.read.v1', {});
    expect(page).toEqual({ records: [{ kind: 'queries', data: mine }], total: 1 });
    await bus.request('analytics.saved.delete.v1', { id: mine.id });
    const records = [{ ...mine }, { ...mine, id: READY_QUERIES[0]?.id ?? '' }];
    const add = async (dry: boolean, kind = 'queries') => {
      const { outcomes } = await bus.request('plugin.analytics.export.add.v1', { kind, records, dry });
      return outcomes.map(({ is }) => is);
    };
    expect([await add(true), await add(false), await add(false)]).toEqual([
      ['new', 'known'],
      ['new', 'known'],
      ['known', 'known'],
    ]);
    expect(await bus.request('plugin.analytics.export.read.v1', {})).toEqual(page);
  });

  test('that came with AICO can all be answered', async () => {
    const { ask, say } = await loadAnalytics();
    await say('I like green tea');
    for (const { id, sql } of READY_QUERIES) {
      const { rows, columns } = await ask(sql);
      expect([id, columns.length >= 2, rows.length > 0]).toEqual([id, true, true]);
    }
  });

  test('find every table as it is listed', async () => {
    const { ask, user } = await loadAnalytics();
    const { tables } = await user.bus.request('analytics.tables.v1', {});
    for (const { name, columns } of tables) expect((await ask(`from ${name}`)).columns).toEqual(columns);
  });
});
