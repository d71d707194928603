import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the summary of a test run', { timeout: 60_000 }, () => {
  let folder: string;

  beforeEach(() => {
    // Inside the checkout, so that the tests there find vitest.
    mkdirSync(join(ROOT, '.build'), { recursive: true });
    folder = mkdtempSync(join(ROOT, '.build/summary-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The lines that a run of these tests ends with, and its exit code. */
  function run(source: string): { code: number | null; lines: string[] } {
    writeFileSync(join(folder, 'sample.test.ts'), `import { test } from 'vitest';\n${source}`);
    writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};');
    const reporter = join(ROOT, 'scripts/test/summary-reporter.ts');
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--reporter', reporter],
      { encoding: 'utf8' },
    );
    return { code: status, lines: stdout.trimEnd().split('\n').filter(Boolean) };
  }

  test('ends with the three counts, alone on the last line', () => {
    const { code, lines } = run(`test('a', () => {}); test('b', () => {});`);
    expect({ code, last: lines.at(-1) }).toEqual({ code: 0, last: '2 passed, 0 failed, 0 skipped' });
  });

  test('names each skipped test with its reason', () => {
    const { lines } = run(`test('flies', ({ skip }) => skip('there are no wings'));`);
    expect(lines).toEqual(['skipped: sample.test.ts > flies: there are no wings', '0 passed, 0 failed, 1 skipped']);
  });

  test('counts a failed test, and a file that does not load', () => {
    expect(run(`test('a', () => { throw new Error('no'); });`).lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
    expect(run(`throw new Error('no');`).lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
  });
});
