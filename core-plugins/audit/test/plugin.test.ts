import { describe, expect, test } from 'vitest';
import { factsOf } from '../src/trail-reader.ts';
import { loadAudit } from './support/load-audit.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2026-11-26T12:00:00.000Z');

describe('the audit in its database [SEC-9]', () => {
  test('holds what happened before it ran, and what happens now, each with who noted it', async () => {
    const { user } = await loadAudit();
    await user.bus.request('kernel.trail.note.v1', { kind: 'session.begun', details: { way: 'password' } });
    const { records } = await user.bus.request('audit.search.v1', {});
    expect(records.find(({ kind }) => kind === 'system.started')).toMatchObject({ source: 'kernel', run: 1, entry: 1 });
    expect(records.find(({ kind }) => kind === 'session.begun')).toMatchObject({ source: 'user' });
    expect(records.find(({ kind }) => kind === 'plugin.installed')).toMatchObject({ plugin: 'audit', by: 'cli' });
  });

  test('records who looked at it, checked it and took it along', async () => {
    const { user, verify } = await loadAudit();
    await user.bus.request('audit.search.v1', { kind: 'permission' });
    await verify();
    let text = '';
    const stream = user.bus.stream('audit.export.v1', { format: 'jsonl', kind: 'audit' });
    for await (const piece of stream) text += piece.text;
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { kind: 'audit.read', by: 'user', details: { asked: '{"kind":"permission"}' } },
      { kind: 'audit.verified', by: 'user', details: { sound: 'true' } },
      { kind: 'audit.exported', by: 'user' },
    ]);
  });

  test('records that a text was looked for, and not which, for it may be forgotten later [DATA-7]', async () => {
    const { user } = await loadAudit();
    await user.bus.request('audit.search.v1', { kind: 'permission', text: 'Annabel' });
    const { records } = await user.bus.request('audit.search.v1', { kind: 'audit.read' });
    expect(records.map(({ details }) => details?.['asked'])).toEqual(['{"kind":"permission","text":"…"}']);
  });

  test('takes along what was decided a moment before', async () => {
    const { user } = await loadAudit();
    const stream = () => user.bus.stream('audit.export.v1', { format: 'jsonl', kind: 'permission' });
    for (let count = 1; count <= 20; count += 1) {
      const [, { records }] = await Promise.all([
        user.bus.request('kernel.trail.note.v1', { kind: 'permission.granted', plugin: 'dice' }),
        stream().result,
      ]);
      expect(records).toBe(count);
    }
  });

  test('finds by kind, plugin, text and time, a page at a time', async () => {
    const { user } = await loadAudit();
    for (const host of ['a.org', 'b.org', '100%'])
      await user.bus.request('kernel.trail.note.v1', { kind: 'permission.granted', plugin: 'dice', details: { host } });
    const find = async (asked: object) => (await user.bus.request('audit.search.v1', asked)).records.length;
    expect(await find({ plugin: 'dice' })).toBe(3);
    expect(await find({ kind: 'permission', plugin: 'dice', text: 'b.org' })).toBe(1);
    expect(await find({ text: '100%', kind: 'permission.granted' })).toBe(1);
    expect(await find({ plugin: 'dice', until: '2020-01-01T00:00:00Z' })).toBe(0);
    const { records, more } = await user.bus.request('audit.search.v1', { plugin: 'dice', limit: 2 });
    expect(more).toBe(true);
    expect(await find({ plugin: 'dice', before: records.at(-1)?.number })).toBe(1);
  });

  test.each([
    ['altered', `update record set body = replace(body, 'system.started', 'system.stopped') where number = 1`],
    ['altered with its hash', `update record set hash = '${'0'.repeat(64)}' where number = 2`],
    ['dropped', 'delete from record where number = 2'],
    [
      'put in another order',
      'update record set number = case number when 1 then 900002 else 900001 end where number < 3',
    ],
    ['put in', `insert into record select 900001, body, hash from record where number = 1`],
  ])('tells of a row that was %s', async (_, sql) => {
    const { rows, verify, user } = await loadAudit();
    for (const kind of ['a.one', 'a.two', 'a.three']) await user.bus.request('kernel.trail.note.v1', { kind });
    expect(await verify()).toMatchObject({ sound: true, gaps: 0 });
    await rows.batch([{ sql }]);
    expect((await verify()).sound).toBe(false);
  });

  test('tells that its end is gone, with all that was signed of it, and keeps telling it', async () => {
    const audit = await loadAudit();
    await audit.user.bus.request('kernel.trail.note.v1', { kind: 'plugin.installed' });
    const { head } = await audit.verify();
    await audit.tamper('delete from record where number > 2', 'delete from checkpoint');
    const verdict = await audit.verify(head);
    expect(verdict.problems.map(({ problem }) => problem)).toContain('broken');
    await audit.user.bus.request('kernel.trail.note.v1', { kind: 'plugin.installed' });
    await audit.tamper('select 1');
    expect((await audit.verify()).problems.map(({ problem }) => problem)).toContain('missing');
  });

  test('tells that its end may be gone when what the vault noted of it is gone as well', async () => {
    const audit = await loadAudit();
    const broken = async () => (await audit.verify()).problems.map(({ problem }) => problem);
    // Nothing was signed so far, so nothing was noted.
    await audit.user.bus.request('kernel.trail.note.v1', { kind: 'plugin.installed' });
    expect(await broken()).toEqual([]);
    await audit.kernel.unload('audit');
    await audit.load();
    expect(await broken()).toEqual([]);
    // As it was when it was signed first, and the vault without its secrets.
    const later = 'where number > (select min(number) from checkpoint)';
    await audit.loseSecrets(`delete from record ${later}`, `delete from checkpoint ${later}`);
    expect(await broken()).toEqual(['broken']);
  });

  test('removes what is too old behind a signed cut, and is sound from there on [DATA-7]', async () => {
    const audit = await loadAudit({ keepDays: 1 });
    const { bus } = audit.user;
    expect(await bus.request('plugin.audit.retention.run.v1', {})).toEqual({
      kinds: [{ kind: 'audit', keepDays: 1, removed: 0 }],
    });
    const before = await audit.verify();
    const old = {
      sql: `update record set body = json_set(body, '$.time', '2020-01-01T00:00:00.000Z') where number <= 2`,
    };
    await audit.rows.batch([old]);
    const { kinds } = await bus.request('plugin.audit.retention.run.v1', {});
    expect(kinds).toMatchObject([{ removed: 2 }]);
    expect(await audit.verify(before.head)).toMatchObject({ sound: true, cutAfter: 2, first: 3 });
    await audit.rows.batch([{ sql: 'delete from record where number = 3' }]);
    expect((await audit.verify()).sound).toBe(false);
  });

  test('a record that is dated far ahead keeps no old ones, and goes with those behind it [DATA-7]', async () => {
    const audit = await loadAudit({ keepDays: 1 });
    const { bus } = audit.user;
    for (const kind of ['a.one', 'a.two', 'a.three']) await bus.request('kernel.trail.note.v1', { kind });
    await bus.request('audit.search.v1', {});
    const date = (time: string, where: string) => ({
      sql: `update record set body = json_set(body, '$.time', '${time}') where ${where}`,
    });
    const look = async () => (await bus.request('plugin.audit.retention.run.v1', {})).kinds;
    // What lies behind number 4 is young: so may be number 4.
    await audit.rows.batch([
      date('2020-01-01T00:00:00.000Z', 'number <= 4'),
      date('2199-01-01T00:00:00.000Z', 'number in (2, 4)'),
    ]);
    expect(await look()).toMatchObject([{ removed: 3 }]);
    expect(await audit.verify()).toMatchObject({ cutAfter: 3, first: 4 });
  });

  test('a clock that jumps ten years ahead removes nothing, until it was seen to go steadily for a week [DATA-7]', async () => {
    let now = Date.now();
    const audit = await loadAudit({ keepDays: 1825 }, () => now);
    const look = async (milliseconds: number) => {
      now += milliseconds;
      return (await audit.user.bus.request('plugin.audit.retention.run.v1', {})).kinds;
    };
    const nothing = { kind: 'audit', keepDays: 1825, removed: 0 };
    expect(await look(0)).toEqual([nothing]);
    const { records } = await audit.verify();
    expect(await look(3650 * DAY_MS)).toEqual([{ ...nothing, waits: true }]);
    // Nor does it after a restart, which is where the clock of a machine without a battery jumps.
    await audit.kernel.unload('audit');
    await audit.load();
    for (let day = 1; day < 7; day += 1) expect(await look(DAY_MS)).toEqual([{ ...nothing, waits: true }]);
    expect(await audit.verify()).toMatchObject({ sound: true, first: 1 });
    const [{ removed } = nothing] = await look(DAY_MS);
    expect(removed).toBeGreaterThanOrEqual(records);
  });

  test('a clock that is put right again goes on as if nothing had been [DATA-7]', async () => {
    let now = Date.now();
    const audit = await loadAudit({ keepDays: 30 }, () => now);
    const look = async (milliseconds: number) => {
      now += milliseconds;
      return (await audit.user.bus.request('plugin.audit.retention.run.v1', {})).kinds;
    };
    await look(0);
    expect(await look(-3650 * DAY_MS)).toMatchObject([{ waits: true }]);
    expect(await look(3651 * DAY_MS)).toEqual([{ kind: 'audit', keepDays: 30, removed: 0 }]);
  });
});

describe('what was not recorded [SEC-9]', () => {
  const entry = (number: number) => ({ run: 7, number, time: NOW.toISOString(), source: 'kernel', kind: 'a.b' });

  test('is a record of its own, with how much it was', () => {
    const page = { run: 7, entries: [entry(3), entry(6)], last: 6 };
    expect(factsOf(page, undefined, NOW).map(({ kind, details }) => [kind, details?.lost])).toEqual([
      ['audit.gap', '2'],
      ['a.b', undefined],
      ['audit.gap', '2'],
      ['a.b', undefined],
    ]);
  });

  test.each([
    ['ended in order, read to its end', { run: 6, last: 9 }, { run: 6, entry: 9 }, []],
    ['ended in order, not read to its end', { run: 6, last: 9 }, { run: 6, entry: 4 }, ['5']],
    ['was cut short', { run: 6 }, { run: 6, entry: 4 }, ['unknown: it was cut short']],
    ['was never unlocked', { run: 6 }, { run: 5, entry: 4 }, ['unknown', 'unknown']],
  ])('of a run that %s', (_, before, read, lost) => {
    const facts = factsOf({ run: 7, entries: [entry(1)], last: 1, before }, read, NOW);
    expect(facts.filter(({ kind }) => kind === 'audit.gap').map(({ details }) => details?.lost)).toEqual(lost);
  });
});
