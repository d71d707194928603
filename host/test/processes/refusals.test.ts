import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requireBubblewrap } from '../../../test/support/system-tools.ts';
import { aico, socketsOf } from '../support/aico.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('aico start refuses, before anything runs', { timeout: 30_000 }, () => {
  test('settings that are wrong, each told with what to do [SVC-2]', async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'config.json'), '{"log": {"levle": "debug"}, "plugins": {"gateway": {"port": "http"}}}');
    const { code, out, err } = await aico(['start'], { home, environment: { AICO_PLUGINS_GATEWAY_PROT: '1' } });
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('There is no setting "log.levle"');
    expect(err).toContain('the nearest known one is "log.level"');
    expect(err).toContain('There is no setting "AICO_PLUGINS_GATEWAY_PROT" (from environment)');
    expect(err.match(/CONFIG_KEY_UNKNOWN/g)).toHaveLength(2);
    expect(existsSync(socketsOf(home))).toBe(false);
    expect(readdirSync(join(home, 'logs'))).toEqual([]);
  });

  test('a settings file that is no JSON [SVC-2]', async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'config.json'), 'log.level = debug');
    const { code, out } = await aico(['start', '--json'], { home });
    expect([code, JSON.parse(out)]).toEqual([
      3,
      expect.objectContaining({ error: expect.objectContaining({ code: 'CONFIG_FILE_UNREADABLE' }) }),
    ]);
    expect(readdirSync(home)).toEqual(['config.json']);
  });

  test('an unknown distribution', async () => {
    const { code, err } = await aico(['start', '--distribution', 'server'], { home: temporaryFolder() });
    expect([code, err]).toEqual([3, expect.stringContaining('must be one of desktop, headless, minimal')]);
  });

  test('data of a newer version', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'state'));
    writeFileSync(join(home, 'state', 'format.json'), '{"format": 99}');
    const { code, err } = await aico(['start'], { home });
    expect([code, err]).toEqual([4, expect.stringContaining('is from a newer AICO (format 99; this one knows 1)')]);
    expect(existsSync(socketsOf(home))).toBe(false);
  });

  test('a data folder that is a file', async () => {
    const home = join(temporaryFolder(), 'home');
    writeFileSync(home, '');
    expect(await aico(['start'], { home })).toMatchObject({
      code: 4,
      err: expect.stringContaining('cannot be written'),
    });
  });

  test('a read-only data folder', async (context) => {
    const home = temporaryFolder();
    const within = [requireBubblewrap(context), '--dev-bind', '/', '/', '--ro-bind', home, home];
    const { code, err } = await aico(['start'], { home, within });
    expect([code, err]).toEqual([4, expect.stringContaining('cannot be written: the disk is read-only')]);
  });

  test('a full disk', async (context) => {
    const home = temporaryFolder();
    const full = ['--size', String(1024 * 1024), '--tmpfs', home];
    const within = [requireBubblewrap(context), '--dev-bind', '/', '/', ...full];
    const { code, err } = await aico(['start'], { home, within });
    expect([code, err]).toEqual([4, expect.stringMatching(/is full \(\d+ MB free, 16 MB needed\)/)]);
  });
});

describe('aico', { timeout: 30_000 }, () => {
  test('says that it does not run, with a code for it', async () => {
    const home = temporaryFolder();
    const answers = await Promise.all(
      [['status'], ['plugin', 'list'], ['unlock', '--password-stdin'], ['stop']].map((args) => aico(args, { home })),
    );
    expect(answers.map(({ code }) => code)).toEqual([5, 5, 5, 0]);
    expect(answers[1]?.err).toContain('Start it with aico start.');
  });

  test.each([[['strat']], [['start', '--fast']], [['plugin', 'enable']], [['logs', '-n', 'many']]])(
    'does not guess what %j means',
    async (args) => {
      const { code, out, err } = await aico(args, { home: temporaryFolder() });
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('HOST_USAGE_WRONG');
    },
  );

  test.each([[['--help']], [['start', '--help']], [['plugin', '--help']], [['--version']]])(
    'answers %j',
    async (args) => {
      const { code, out } = await aico(args, { home: temporaryFolder() });
      expect([code, out]).toEqual([0, expect.stringMatching(/Usage: aico|^\d+\.\d+\.\d+/)]);
    },
  );
});
