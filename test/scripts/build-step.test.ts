import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fingerprints } from '../../scripts/build/fingerprint.ts';
import { Stamps } from '../../scripts/build/stamps.ts';
import { runStep } from '../../scripts/build/step.ts';

describe('a build step', () => {
  let root: string;
  let runs: number;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'aico-build-'));
    runs = 0;
    write('source.txt', 'one');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(name: string, text: string): void {
    writeFileSync(join(root, name), text);
  }

  /** Builds as a new process would: nothing is remembered but what is on the disk. */
  function build(): Promise<boolean> {
    const step = {
      name: 'copy',
      title: 'Copying',
      inputs: ['source.txt', 'absent.txt'],
      outputs: ['result.txt'],
      run: async () => {
        runs += 1;
        write('result.txt', 'made');
      },
    };
    const workshop = {
      root,
      fingerprints: new Fingerprints(root),
      stamps: new Stamps(join(root, 'stamp.json')),
      say: () => {},
    };
    return runStep(step, workshop);
  }

  test('runs once while nothing changes', async () => {
    expect([await build(), await build(), runs]).toEqual([true, false, 1]);
  });

  test('runs again when an input has other content', async () => {
    await build();
    write('source.txt', 'two');
    expect(await build()).toBe(true);
  });

  test('runs again when an absent input appears', async () => {
    await build();
    write('absent.txt', '');
    expect(await build()).toBe(true);
  });

  test('does not run again for a file that was only touched', async () => {
    await build();
    utimesSync(join(root, 'source.txt'), new Date(), new Date());
    expect(await build()).toBe(false);
  });

  test('runs again when its output is gone', async () => {
    await build();
    rmSync(join(root, 'result.txt'));
    expect(await build()).toBe(true);
  });

  test('runs again when the stamps were cut short', async () => {
    await build();
    write('stamp.json', '{"copy": "ab');
    expect(await build()).toBe(true);
  });
});
