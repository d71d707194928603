import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { unwrapDataKey } from '../src/vault-file.ts';
import { VaultStore } from '../src/vault-store.ts';
import { PASSWORD, SMALL_LIMITS, smallVault, temporaryFolder } from './small-vault.ts';

const CHILD = join(import.meta.dirname, 'refused-write-child.ts');

test.runIf(process.platform === 'linux')(
  'a change of the password that the disk refuses leaves the key in memory only where the vault is open [SEC-1]',
  async () => {
    const folder = temporaryFolder();
    await smallVault(folder).setUp(PASSWORD);
    const file = new VaultStore(folder, SMALL_LIMITS).read();
    const key = file && (await unwrapDataKey(file, PASSWORD));
    expect(key).toHaveLength(32);
    // Where the last good file is to be copied nothing can be written.
    mkdirSync(join(folder, 'vault.json.previous.new'));
    const found = async (stays: string) => copiesAfter(folder, stays, key ?? Buffer.alloc(0));
    expect([(await found('open')) > 0, await found('locked')]).toEqual([true, 0]);
  },
);

/** How often the key lies in the memory of a process in which the change has failed. */
async function copiesAfter(folder: string, stays: string, key: Buffer): Promise<number> {
  const args = ['--conditions=source', CHILD, folder, PASSWORD, 'the next password', stays];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('VAULT_UNWRITABLE\n');
  return copiesIn(child.pid ?? 0, key);
}

function copiesIn(processId: number, key: Buffer): number {
  const memory = openSync(`/proc/${processId}/mem`, 'r');
  try {
    const maps = readFileSync(`/proc/${processId}/maps`, 'utf8').split('\n');
    return maps.reduce((count, line) => count + copiesAt(memory, line, key), 0);
  } finally {
    closeSync(memory);
  }
}

/** In the parts that are written to; a mapping that is never read says so. */
function copiesAt(memory: number, line: string, key: Buffer): number {
  const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
  if (from === '') return 0;
  const bytes = Buffer.alloc(Number.parseInt(to, 16) - Number.parseInt(from, 16));
  try {
    readSync(memory, bytes, 0, bytes.length, BigInt(`0x${from}`));
  } catch {
    return 0;
  }
  let count = 0;
  for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) count += 1;
  return count;
}
