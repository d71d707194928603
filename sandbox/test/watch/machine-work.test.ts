import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MachineWork } from '../../src/watch/machine-work.ts';

function statFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'aico-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'stat');
  writeFileSync(path, text);
  return path;
}

describe.skipIf(process.platform !== 'linux')('the work of the machine', () => {
  test('is all that is not idle, and nothing twice [PLG-3]', () => {
    const path = statFile('cpu  100 10 50 9000 70 1 2 3 40 0\ncpu0 1 1 1\n');
    const work = new MachineWork(path);
    expect(work.sinceLast()).toBeUndefined();
    expect(work.sinceLast()).toBe(0);
    // A guest's time is part of user time already.
    writeFileSync(path, 'cpu  105 11 52 9900 99 2 3 4 99 9\n');
    expect(work.sinceLast()).toBe(110);
  });

  test.for([
    ['a system that counts nothing', 'cpu  0 0 0 0 0 0 0 0 0 0\n'],
    ['a file that is something else', 'hello\n'],
  ])('is not known of %s [PLG-3]', ([, text = '']) => {
    const work = new MachineWork(statFile(text));
    work.sinceLast();
    expect(work.sinceLast()).toBeUndefined();
  });

  test('is not known where nothing tells it, and grows where somebody works [PLG-3]', () => {
    expect(new MachineWork('/nowhere').sinceLast()).toBeUndefined();
    const work = new MachineWork();
    work.sinceLast();
    for (const end = performance.now() + 200; performance.now() < end; );
    expect(work.sinceLast()).toBeGreaterThan(0);
  });
});
