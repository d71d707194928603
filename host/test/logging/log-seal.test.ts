import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TextOpener } from '@aico/sdk/sealing';
import { describe, expect, test } from 'vitest';
import { LogSeal } from '../../src/logging/log-seal.ts';
import { Logs } from '../../src/logging/logs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const keyOf = (opener: TextOpener): string => opener.publicKey.toString('base64');

describe('the seal of logs [SEC-1]', () => {
  const opener = new TextOpener(randomBytes(32));

  test('begins with the first vault, and holds from the next start on at once', () => {
    const path = join(temporaryFolder(), 'log-key.json');
    const seal = new LogSeal(path, false);
    expect(seal.seal('nobody has a key yet')).toBeUndefined();
    seal.use(keyOf(opener));
    expect(opener.open(seal.seal('now') ?? '')).toBe('now');
    expect(opener.open(new LogSeal(path, false).seal('at the next start') ?? '')).toBe('at the next start');
  });

  test('is that of another vault where another is put in its place', () => {
    const path = join(temporaryFolder(), 'log-key.json');
    const other = new TextOpener(randomBytes(32));
    new LogSeal(path, false).use(keyOf(other));
    new LogSeal(path, false).use(keyOf(opener));
    expect(opener.open(new LogSeal(path, false).seal('mine') ?? '')).toBe('mine');
  });

  test.for(['', '{', '[]', '{"format":2,"publicKey":"x"}', '{"format":1,"publicKey":"AAAA"}', '{"format":1}'])(
    'shows nothing to anybody where its file holds %j, until the vault tells its key',
    (text) => {
      const path = join(temporaryFolder(), 'log-key.json');
      writeFileSync(path, text);
      const seal = new LogSeal(path, false);
      expect(seal.seal('hidden')).toBeTypeOf('string');
      seal.use(keyOf(opener));
      expect(opener.open(new LogSeal(path, false).seal('seen') ?? '')).toBe('seen');
    },
  );

  test('shows nothing to anybody where there is a vault and its key is gone, or came with a backup that has none', () => {
    const path = join(temporaryFolder(), 'log-key.json');
    const seal = new LogSeal(path, true);
    expect([seal.isOn, seal.wasOpen, seal.seal('hidden')]).toEqual([true, false, expect.any(String)]);
    seal.use(keyOf(opener));
    expect([seal.wasOpen, opener.open(seal.seal('seen') ?? '')]).toEqual([true, 'seen']);
  });

  test('is kept as soon as the disk takes it, when the vault opens once more in the same run', () => {
    const folder = join(temporaryFolder(), 'full');
    const path = join(folder, 'log-key.json');
    const seal = new LogSeal(path, false);
    expect(() => seal.use(keyOf(opener))).toThrow('ENOENT');
    mkdirSync(folder);
    seal.use(keyOf(opener));
    expect(opener.open(new LogSeal(path, true).seal('at the next start') ?? '')).toBe('at the next start');
  });

  test('is made anew when the vault is locked, so that nothing here opens what was sealed before', () => {
    const seal = new LogSeal(join(temporaryFolder(), 'log-key.json'), false);
    seal.renew();
    seal.use(keyOf(opener));
    const before = seal.seal('before') ?? '';
    seal.renew();
    const after = seal.seal('after') ?? '';
    expect([before, after].map((each) => opener.open(each))).toEqual(['before', 'after']);
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
  });

  test('holds until the end of a run that cannot keep it', () => {
    const seal = new LogSeal(join(temporaryFolder(), 'gone', 'log-key.json'), true);
    expect(() => seal.use(keyOf(opener))).toThrow('ENOENT');
    expect(opener.open(seal.seal('sealed') ?? '')).toBe('sealed');
  });
});

describe('what plugins say [SEC-1]', () => {
  const opener = new TextOpener(randomBytes(32));

  function open(isSeen: boolean) {
    const folder = temporaryFolder();
    const seal = new LogSeal(join(folder, 'log-key.json'), true);
    seal.use(keyOf(opener));
    let shown = '';
    const write = (text: string): void => {
      shown += text;
    };
    const terminal = { colors: false, isSeen, write };
    const levels = { level: 'info', terminalLevel: 'warn' } as const;
    const clockFile = join(folder, 'clock.json');
    const isSealed = (plugin: string) => plugin !== 'vault';
    const logs = new Logs({ folder, ...levels, maxMb: 1, keep: 1, keepDays: 30, terminal, seal, isSealed, clockFile });
    const read = (name: string) => readFileSync(join(folder, `${name}.log`), 'utf8');
    return { logs, read, shown: () => shown };
  }

  test('lies sealed in its log, whatever its fields are called; when, how bad and who are to be seen', async () => {
    const { logs, read } = open(true);
    const fields = { level: 'ill', time: 'tea', name: 'nick', sealed: 'no', msg: 'massage', mood: 'low' };
    logs.plugin('diary', { level: 'warn', message: 'so sad', fields });
    await logs.close();
    const text = read('diary');
    expect(text).not.toMatch(/ill|tea|nick|massage|low|sad/);
    const line = JSON.parse(text) as Record<string, string>;
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-/),
      name: 'diary',
      sealed: expect.any(String),
    });
    expect(JSON.parse(opener.open(line['sealed'] ?? '') ?? '')).toEqual({ ...fields, msg: 'so sad' });
  });

  test('lies sealed in the log of the host, too, which says what came of whom by which code', async () => {
    const { logs, read } = open(true);
    const told = { message: 'diary is failed: it is so sad', fields: { fix: 'be glad' } };
    logs.about('diary', 'warn', { message: 'diary is failed', fields: { code: 'KERNEL_X' } }, told);
    await logs.close();
    expect(read('host')).not.toMatch(/sad|glad/);
    const line = JSON.parse(read('host')) as Record<string, string>;
    expect(line).toMatchObject({ name: 'host', plugin: 'diary', code: 'KERNEL_X', msg: 'diary is failed' });
    expect(JSON.parse(opener.open(line['sealed'] ?? '') ?? '')).toEqual({ fix: 'be glad', msg: told.message });
  });

  test('is read on a terminal that somebody looks at, and where what is shown is kept it is sealed', async () => {
    for (const [isSeen, expected] of [
      [true, 'WARN: diary: so sad\n'],
      [false, 'WARN: diary: (sealed; aico logs shows it)\n'],
    ] as const) {
      const { logs, shown } = open(isSeen);
      logs.plugin('diary', { level: 'warn', message: 'so sad' });
      await logs.close();
      expect(shown().replace(/^\[.*\] /, '')).toBe(expected);
    }
  });

  test('is for everybody to read where it is the vault that says why it does not open', async () => {
    const { logs, read } = open(false);
    logs.plugin('vault', { level: 'warn', message: 'the file is damaged' });
    logs.about('vault', 'warn', { message: 'vault is failed' }, { message: 'vault is failed: no room' });
    await logs.close();
    expect(read('vault')).toContain('the file is damaged');
    expect(read('host')).toContain('no room');
  });
});
