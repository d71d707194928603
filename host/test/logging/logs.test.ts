import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogLevel } from '../../src/configuration/host-settings.ts';
import { LogSeal } from '../../src/logging/log-seal.ts';
import { Logs } from '../../src/logging/logs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function open(level: LogLevel = 'info', terminalLevel: LogLevel = 'warn', folder = temporaryFolder(), now = Date.now) {
  let shown = '';
  const write = (text: string): void => {
    shown += text;
  };
  const logs = new Logs({
    folder,
    level,
    terminalLevel,
    maxMb: 1,
    keep: 1,
    keepDays: 30,
    terminal: { colors: false, isSeen: true, write },
    seal: new LogSeal(join(temporaryFolder(), 'no-key.json'), false),
    isSealed: () => true,
    clockFile: join(temporaryFolder(), 'clock.json'),
    now,
  });
  const read = (name: string): Record<string, unknown>[] =>
    readFileSync(join(folder, `${name}.log`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logs, folder, read, shown: () => shown };
}

describe('the logs [SVC-3]', () => {
  test('are JSON lines in a file for the host and one for each plugin', async () => {
    const { logs, folder, read } = open();
    logs.host.info({ home: '/somewhere' }, 'Starting');
    logs.plugin('dice', { level: 'info', message: 'rolled', fields: { sides: 6 } });
    logs.plugin('diary', { level: 'error', message: 'no ink' });
    await logs.close();
    expect(readdirSync(folder).sort()).toEqual(['diary.log', 'dice.log', 'host.log']);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(read('host')).toEqual([{ level: 'info', time, name: 'host', home: '/somewhere', msg: 'Starting' }]);
    expect(read('dice')).toEqual([{ level: 'info', time, name: 'dice', sides: 6, msg: 'rolled' }]);
  });

  test('keep the host apart from a plugin that calls itself so', async () => {
    const { logs, folder } = open();
    logs.plugin('host', { level: 'info', message: 'I am the host' });
    await logs.close();
    expect(readdirSync(folder)).toEqual(['host.plugin.log']);
  });

  test('hold no line that is older than they are kept, also of plugins that are gone [DATA-7]', async () => {
    const folder = temporaryFolder();
    const lineOf = (days: number) =>
      `{"level":"info","time":"${new Date(Date.now() - days * 86_400_000).toISOString()}"}\n`;
    const begun = {
      'host.1.log': 31,
      'host.log': 32,
      'gone.log': 40,
      'gone.1.log': 29,
      'dice.log': 20,
      'dice.1.log': 29,
    };
    for (const [name, days] of Object.entries(begun)) writeFileSync(join(folder, name), lineOf(days) + lineOf(1));
    writeFileSync(join(folder, 'note.txt'), 'no log');
    const { logs, read } = open('info', 'warn', folder);
    logs.plugin('dice', { level: 'info', message: 'rolled' });
    await logs.expire();
    expect(readdirSync(folder).sort()).toEqual(['dice.1.log', 'dice.log', 'gone.1.log', 'note.txt']);
    // A file that is due to be closed makes room for the next one, so that its lines can go in time.
    expect(read('dice')).toMatchObject([{ msg: 'rolled' }]);
    logs.host.info('goes on');
    await logs.close();
    expect(read('host')).toMatchObject([{ msg: 'goes on' }]);
  });

  test('lose no line to a clock that jumps ahead, before it went steadily for a week [DATA-6]', async () => {
    const folder = temporaryFolder();
    const [line, path] = [`{"level":"info","time":"${new Date().toISOString()}"}\n`, join(folder, 'gone.log')];
    writeFileSync(path, line);
    let now = Date.now();
    const { logs, read } = open('info', 'silent', folder, () => now);
    logs.host.info('before');
    await logs.expire();
    for (const days of [400, 1, 1, 1, 1, 1, 1]) {
      now += days * 86_400_000;
      await logs.expire();
    }
    expect(readFileSync(path, 'utf8')).toBe(line);
    now += 86_400_000;
    await logs.expire();
    expect(readdirSync(folder)).not.toContain('gone.log');
    logs.host.info('after');
    await logs.close();
    expect(read('host')).toMatchObject([{ msg: 'after' }]);
  });

  test('hold no secret, in fields or in texts', async () => {
    const { logs, read, shown } = open('info', 'info');
    logs.plugin('llm', { level: 'warn', message: 'refused: Bearer abcdef123456', fields: { apiKey: 'hunter2' } });
    logs.host.error({ err: new Error('password=hunter2') }, 'Failed');
    await logs.close();
    expect(JSON.stringify([read('llm'), read('host')]) + shown()).not.toMatch(/hunter2|abcdef123456/);
  });

  test('show on the terminal what its own level lets through, readably', async () => {
    const { logs, shown } = open('debug', 'warn');
    logs.host.info('quiet');
    logs.host.warn({ plugin: 'dice' }, 'loud');
    await logs.close();
    expect(shown()).toMatch(/^\[\d\d:\d\d:\d\d\] WARN: host: loud \{"plugin":"dice"\}\n$/);
  });

  test('leave out what their level leaves out, or everything', async () => {
    const { logs, read, folder } = open('warn', 'silent');
    logs.host.info('no');
    logs.host.warn('yes');
    await logs.close();
    expect(read('host')).toHaveLength(1);
    const silent = open('silent', 'silent');
    silent.logs.host.error('nobody hears');
    await silent.logs.close();
    expect([readdirSync(silent.folder), silent.shown(), readdirSync(folder)]).toEqual([[], '', ['host.log']]);
  });
});
