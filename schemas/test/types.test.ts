import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type SchemaName, validators } from '../src/index.ts';

const ROOT = join(import.meta.dirname, '..');

test('every valid fixture is a value of its generated type, and types and topic map compile [BUS-2, BUS-5]', () => {
  // Beside the sources, so that the compiler finds them under the rules of this package.
  const folder = mkdtempSync(join(ROOT, 'test/types-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const values = (Object.keys(validators) as SchemaName[]).map((name, index) => {
    const cases = readFileSync(join(ROOT, 'fixtures', `${name.replace('#', '/')}.valid.json`), 'utf8');
    return `export const case${index}: SchemaTypes['${name}'][] = ${cases};`;
  });
  const topics = `export const kind: TopicMap['chat.turn.run.v1']['kind'] = 'stream';
export const command: TopicMap['plugin.dice.command.run.v1']['payload'] = case0 as never;`;
  const imports = "import type { SchemaTypes, TopicMap } from '../../src/index.ts';";
  writeFileSync(join(folder, 'fixtures.ts'), [imports, ...values, topics].join('\n'));
  const options = {
    noEmit: true,
    composite: false,
    incremental: false,
    rootDir: '../..',
    allowImportingTsExtensions: true,
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.base.json', compilerOptions: options, include: ['fixtures.ts'] }),
  );
  const compiler = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
