import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../src/ask.ts';
import { Engine } from '../src/engine.ts';
import { checkQuestion } from '../src/guard.ts';
import { MESSAGES } from '../src/tables.ts';

const LIMITS = { rows: 100, seconds: 10, memoryMb: 128, processMb: 4_096 };
const nobody = new AbortController().signal;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aico-analytics-'));
  engine = await Engine.open(LIMITS.memoryMb);
  const message = (id: string, role: string, text: string) =>
    [id, 'c', role, 'complete', text, 2, '2026-11-26T12:00:00.000Z'] as const;
  await engine.add(MESSAGES, [message('1', 'user', 'Green tea'), message('2', 'companion', 'Good choice')]);
});

afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function answer(sql: string, limits: Partial<typeof LIMITS> = {}, signal = nobody) {
  await checkQuestion(engine, sql);
  return ask(
    engine,
    sql,
    { ...LIMITS, ...limits },
    signal,
    () => {},
    () => {},
  );
}

async function codeOf(sql: string, limits: Partial<typeof LIMITS> = {}): Promise<string> {
  return answer(sql, limits).then(
    () => 'answered',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

describe('a question [DATA-4]', () => {
  test('is one statement that reads, in any of the forms that SQL has for it', async () => {
    const forms = [
      'select count(*) from messages',
      'with told as (from messages) select role, count(*) from told group by all;',
      'from messages',
      'values (1), (2)',
      'table messages',
      'describe messages',
      'summarize messages',
      'show tables',
      "pivot messages on role in ('user', 'companion') using count(*)",
      'select * from range(3), unnest([1, 2])',
      "select * from json_each('[1, 2]')",
      'select (select max(id) from messages), text.upper() from messages',
      'with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select sum(n) from r',
    ];
    for (const sql of forms) expect([sql, await codeOf(sql)]).toEqual([sql, 'answered']);
  });

  test('tells the tables that it is about, however they are written', async () => {
    const tables = await checkQuestion(
      engine,
      'with a as (from "MESSAGES") select * from a, lateral (select * from memory.main.events), (describe audit)',
    );
    expect([...tables].toSorted()).toEqual(['a', 'audit', 'events', 'messages']);
  });

  test.each([
    "insert into messages (id) values ('3')",
    "update messages set text = ''",
    'delete from messages',
    'merge into messages using (select 1) s on true when matched then delete',
    'create table stolen as from messages',
    'create temp table stolen as from messages',
    'create view stolen as from messages',
    'create macro f() as 1',
    'create secret s (type http)',
    'drop table messages',
    'alter table messages drop column text',
    'truncate messages',
    "set memory_limit = '10GB'",
    'set lock_configuration = false',
    "set variable x = 'y'",
    'reset memory_limit',
    'use memory',
    'pragma database_list',
    "pragma memory_limit = '10GB'",
    'call pragma_version()',
    'checkpoint',
    'vacuum',
    'begin',
    'commit',
    'rollback',
    'explain select 1',
    'explain analyze select 1',
    'prepare p as select 1',
    'deallocate p',
    'install httpfs',
    'load httpfs',
    "load '/tmp/evil.so'",
    'update extensions',
    'detach memory',
    'comment on table messages is $$x$$',
    'select 1; select 2',
    'select 1; delete from messages',
  ])('does nothing but read: %s', async (sql) => {
    expect(await codeOf(sql)).toMatch(/^ANALYTICS_(READ_ONLY|SQL_INVALID)$/);
    expect((await answer('select count(*) from messages')).rows).toEqual([[2]]);
  });

  test.each([
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_json('/etc/passwd')",
    "select * from read_parquet('/etc/passwd')",
    "select * from sniff_csv('/etc/passwd')",
    "select * from glob('/*')",
    "select * from '/etc/passwd'",
    "select * from '/proc/self/environ'",
    "select * from 'https://example.com/x.csv'",
    "select * from read_csv('https://example.com/x.csv')",
    "select * from parquet_metadata('/etc/passwd')",
    "select * from query('select 1')",
    "select * from query_table('messages')",
    "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    'select * from duckdb_secrets()',
    'select * from duckdb_settings()',
    'select * from checkpoint()',
    'select * from force_checkpoint()',
    "select * from pragma_table_info('messages')",
    'select * from test_all_types()',
    "select write_log('x')",
    "select system.main.repeat('x', 2)",
    "select main.lpad('x', 2, '-')",
    'select text.write_log() from messages',
    "select getenv('HOME')",
    'select * from messages where id = ?',
    'select * from messages where id = $1',
  ])('reaches no file, no network, no setting and no SQL out of a text: %s', async (sql) => {
    expect(await codeOf(sql)).toMatch(/^ANALYTICS_(DENIED|SQL_INVALID)$/);
  });

  test('copies nothing out and attaches nothing', async () => {
    const target = join(folder, 'stolen');
    for (const sql of [
      `copy messages to '${target}'`,
      `copy (from messages) to '${target}' (format csv)`,
      `export database '${target}'`,
      `attach '${target}' as stolen`,
      `import database '${folder}'`,
    ]) {
      expect([sql, await codeOf(sql)]).toEqual([sql, expect.stringMatching(/^ANALYTICS_(READ_ONLY|DENIED)$/)]);
    }
    expect(existsSync(target)).toBe(false);
  });

  test('could not write even if a statement got past the check', async () => {
    const insert = "insert into messages (id) values ('smuggled')";
    await expect(
      ask(
        engine,
        insert,
        LIMITS,
        nobody,
        () => {},
        () => {},
      ),
    ).rejects.toThrow(/read-only/);
    await expect(
      ask(
        engine,
        "select * from read_text('/etc/passwd')",
        LIMITS,
        nobody,
        () => {},
        () => {},
      ),
    ).rejects.toMatchObject({
      code: 'ANALYTICS_DENIED',
    });
    await expect(engine.reader.run("set memory_limit = '10GB'")).rejects.toThrow(/locked/);
    expect((await answer('select count(*) from messages')).rows).toEqual([[2]]);
  });

  test('that is not understood says where', async () => {
    await expect(answer('select tex from messages')).rejects.toMatchObject({
      code: 'ANALYTICS_SQL_INVALID',
      message: expect.stringMatching(/tex.*text/s),
    });
    await expect(answer('selec 1')).rejects.toMatchObject({ message: expect.stringContaining('syntax error') });
    expect(await codeOf('-- nothing')).toBe('ANALYTICS_SQL_INVALID');
    expect(await codeOf(`select ${'['.repeat(9_000)}`)).toBe('ANALYTICS_SQL_INVALID');
  });
});

describe('what a question may take [DATA-4]', () => {
  test.each([
    ['an endless recursion', 'with recursive r(n) as (select 1 union all select n + 1 from r) select max(n) from r'],
    ['a join of everything', 'select count(*) from range(1000000) a, range(1000000) b, range(1000000) c'],
    ['a series without end', 'select sum(x) from generate_series(1, 100000000000) t(x)'],
  ])('ends after its time: %s', async (_, sql) => {
    const begun = performance.now();
    expect(await codeOf(sql, { seconds: 0.5 })).toBe('ANALYTICS_TIMEOUT');
    expect(performance.now() - begun).toBeLessThan(8_000);
  });

  test.each([
    ['everything in order', 'select array_agg(x order by random()) from range(10000000000) t(x)'],
    ['a text of everything', "select string_agg(repeat('x', 1000), '') from range(100000000)"],
    [
      'a text that doubles',
      "with recursive r(s) as (select 'x' union all select s || s from r) select max(length(s)) from r",
    ],
  ])('keeps to its memory, and puts nothing on the disk: %s', async (_, sql) => {
    expect(await codeOf(sql)).toBe('ANALYTICS_MEMORY');
    expect((await answer('select count(*) from messages')).rows).toEqual([[2]]);
  });

  test('ends when the process itself grows, whose texts DuckDB does not count', async () => {
    const processMb = process.memoryUsage.rss() / 1024 / 1024 + 100;
    const sql = "select sum(length(repeat('a', 100000) || x)) from range(100000000) t(x)";
    expect(await codeOf(sql, { processMb, seconds: 60 })).toBe('ANALYTICS_MEMORY');
  }, 90_000);

  test.each([
    "select length(repeat('x', 1000000)) from range(2048)",
    "select lpad('x', 1000000, '-') from range(2048)",
    "select text.rpad(id::integer * 1000000, '-') from messages",
  ])('makes no texts so long that 2,048 of them at once would end the process: %s', async (sql) => {
    await expect(answer(sql)).rejects.toMatchObject({
      code: 'ANALYTICS_SQL_INVALID',
      message: expect.stringContaining('a text of more than 100000 characters'),
    });
    const { rows } = await answer(
      "select repeat('ab', 2), lpad('x', 3, '-'), rpad('x', 3, '-'), length(repeat('x', 100000))",
    );
    expect(rows).toEqual([['abab', '--x', 'x--', 100_000]]);
  });

  test('ends when nobody waits for it any more', async () => {
    const stop = new AbortController();
    const asked = answer('select count(*) from range(1000000) a, range(1000000) b', {}, stop.signal);
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'KERNEL_CANCELLED' });
    expect((await answer('select 1')).rows).toEqual([[1]]);
  });

  test('shows as many rows as were asked for, and says that there are more', async () => {
    expect(await answer('from range(3) t(n)', { rows: 2 })).toEqual({
      columns: [{ name: 'n', type: 'BIGINT' }],
      rows: [[0], [1]],
      truncated: true,
    });
    expect((await answer('from range(2) t(n)', { rows: 2 })).truncated).toBe(false);
    const wide = await answer("select repeat('x', 9000) from range(100000)", { rows: 100_000 });
    expect(wide.truncated).toBe(true);
    expect(JSON.stringify(wide).length).toBeLessThan(1_200_000);
  });

  test('comes as values that JSON has a form for', async () => {
    const { rows } =
      await answer(`select 9007199254740993::bigint, 7::hugeint, 1.5::decimal(9, 2), 'nan'::double, null, true,
      timestamp '2026-11-26 12:00:00.5', date '2026-11-26', [1, 2], {'a': 1}, 'é', '\\x41'::blob, interval 2 days`);
    expect(rows).toEqual([
      [
        '9007199254740993',
        7,
        1.5,
        'NaN',
        null,
        true,
        '2026-11-26T12:00:00.500Z',
        '2026-11-26',
        '[1, 2]',
        "{'a': 1}",
        'é',
        'A',
        '2 days',
      ],
    ]);
  });
});
