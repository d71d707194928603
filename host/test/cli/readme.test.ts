import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aicoHere } from '../support/aico-here.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The commands that a help lists. */
async function listed(...args: string[]): Promise<string[]> {
  const { out } = await aicoHere([...args, '--help'], { home: temporaryFolder() });
  const [, commands = ''] = out.split('\nCommands:\n');
  return [...commands.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
}

test('the README names every command there is [PLG-9]', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
  const [, table = ''] = readme.split('\n## The command\n');
  const rows = (table.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  const named = new Set(
    rows.flatMap((row) => [...row.matchAll(/`([a-z]+)(?: ([a-z]+))?/g)].flatMap(([, ...names]) => names)),
  );
  const commands = await listed();
  expect(commands.length).toBeGreaterThan(15);
  const parts = await Promise.all(commands.map((name) => listed(name)));
  expect([...commands, ...parts.flat()].filter((name) => !named.has(name))).toEqual([]);
});
