import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { provide, type SystemTool } from '../../scripts/test/system-tools.ts';

const folder: string = mkdtempSync(join(tmpdir(), 'aico-tools-'));

/** A tool that no system has, so that only what a test arranges can be found; its package has no possible name. */
const TOOL: SystemTool = {
  variable: 'AICO_TEST_PROBE',
  commands: ['aico-probe'],
  places: [join(folder, 'elsewhere')],
  debianPackage: 'aico probe',
};

describe('a system tool for the tests', () => {
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is where its variable says', () => {
    vi.stubEnv('AICO_TEST_PROBE', '/opt/probe');
    expect(provide(TOOL, () => {})).toEqual({ path: '/opt/probe' });
  });

  test('is found where its installer puts it', () => {
    vi.stubEnv('PATH', '');
    const file = TOOL.places[0] ?? '';
    writeFileSync(file, '');
    expect(provide(TOOL, () => {})).toEqual({ path: file });
  });
});
