import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { RotatingFile } from '../../src/logging/rotating-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function linesIn(path: string): string[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n');
}

describe('a log file [SVC-3]', () => {
  test('starts anew when it is full and keeps the last few', async () => {
    const folder = temporaryFolder();
    const file = new RotatingFile({ path: join(folder, 'host.log'), maxBytes: 100, keep: 2 });
    for (let number = 1; number <= 50; number++) {
      file.write(`line ${String(number).padStart(2, '0')}\n`);
      if (number % 5 === 0) await file.flush();
    }
    await file.close();
    expect(readdirSync(folder).sort()).toEqual(['host.1.log', 'host.2.log', 'host.log']);
    const rest = ['host.2.log', 'host.1.log', 'host.log'].flatMap((name) => linesIn(join(folder, name)));
    expect(rest.at(-1)).toBe('line 50');
    expect(rest).toEqual([...rest].sort());
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(150);
  });

  test('keeps none but itself when none is to be kept', async () => {
    const folder = temporaryFolder();
    const file = new RotatingFile({ path: join(folder, 'host.log'), maxBytes: 10, keep: 0 });
    for (const line of ['first first\n', 'second\n']) {
      file.write(line);
      await file.flush();
    }
    await file.close();
    expect(readdirSync(folder)).toEqual(['host.log']);
    expect(linesIn(join(folder, 'host.log'))).toEqual(['second']);
  });

  test('goes on where the last start ended', async () => {
    const path = join(temporaryFolder(), 'host.log');
    for (const line of ['one\n', 'two\n']) {
      const file = new RotatingFile({ path, maxBytes: 1000, keep: 1 });
      file.write(line);
      await file.close();
    }
    expect(linesIn(path)).toEqual(['one', 'two']);
  });

  test.skipIf(process.platform === 'win32')('is for its owner alone', async () => {
    const path = join(temporaryFolder(), 'host.log');
    const file = new RotatingFile({ path, maxBytes: 1000, keep: 1 });
    file.write('x\n');
    await file.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.skipIf(!existsSync('/dev/full'))('never throws on a full disk, and ends without waiting for it', async () => {
    const file = new RotatingFile({ path: '/dev/full', maxBytes: 1000, keep: 0 });
    for (let number = 0; number < 1000; number++) file.write(`line ${number}\n`);
    await sleep(50);
    const startedAt = performance.now();
    await file.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  test('tells how many lines were lost once it can be written again', async () => {
    const path = join(temporaryFolder(), 'host.log');
    mkdirSync(path);
    const file = new RotatingFile({ path, maxBytes: 1000, keep: 1 });
    file.write('lost\n');
    file.write('waited\n');
    await sleep(50);
    rmdirSync(path);
    file.write('kept\n');
    await expect.poll(() => existsSync(path), { timeout: 5000 }).toBe(true);
    await file.close();
    const [note = '', ...rest] = linesIn(path);
    expect(JSON.parse(note)).toMatchObject({
      level: 'warn',
      msg: 'Lines that could not be written: 1 (it is a folder)',
    });
    expect(rest).toEqual(['waited', 'kept']);
  });

  test('drops what a slow disk cannot take instead of keeping it all in memory', async () => {
    const path = join(temporaryFolder(), 'host.log');
    const file = new RotatingFile({ path, maxBytes: 1e9, keep: 1 });
    const line = `${'x'.repeat(1000)}\n`;
    for (let number = 0; number < 5000; number++) file.write(line);
    await file.flush();
    file.write('after\n');
    await file.close();
    expect(statSync(path).size).toBeLessThan(3 * 1024 * 1024);
    const short = linesIn(path).filter((each) => each.length < 1000);
    expect(short).toEqual([expect.stringMatching(/could not be written: \d{4} \(too many at once\)/), 'after']);
  });

  test('writes what waits when the process has no time left', async () => {
    const path = join(temporaryFolder(), 'host.log');
    const file = new RotatingFile({ path, maxBytes: 1000, keep: 1 });
    file.write('one\n');
    file.flushSync();
    expect(linesIn(path)).toEqual(['one']);
    await file.close();
  });
});
