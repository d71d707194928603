import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf, PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

const CHILD = join(import.meta.dirname, 'change-password-child.ts');

test('kill -9 in the middle of password changes leaves a vault that the last or the next password opens [SVC-7]', {
  timeout: 60_000,
}, async () => {
  const folder = temporaryFolder();
  const vault = smallVault(folder);
  await vault.setUp(PASSWORD);
  const key = vault.derive('chat', { purpose: 'storage' }, { purposes: ['storage'] });
  let password = PASSWORD;
  for (let round = 0; round < 6; round += 1) {
    const { done = password, tried } = await changeUntilKilled(folder, password, 5 + Math.random() * 40);
    const reopened = smallVault(folder);
    const opened = await firstThatOpens(reopened, [done, tried]);
    expect(opened).toBeDefined();
    expect(reopened.derive('chat', { purpose: 'storage' }, { purposes: ['storage'] })).toBe(key);
    password = opened ?? password;
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.previous'))).toEqual([]);
});

async function firstThatOpens(vault: ReturnType<typeof smallVault>, passwords: readonly (string | undefined)[]) {
  for (const password of passwords) {
    if (password && (await codeOf(() => vault.unlock(password))) === true) return password;
  }
  return undefined;
}

/** Runs the child, kills it some ms after its first change, and tells how far it came. */
async function changeUntilKilled(folder: string, from: string, ms: number) {
  const child = spawn(process.execPath, ['--conditions=source', CHILD, folder, from]);
  let output = '';
  let armed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (armed || !output.includes('done')) return;
    armed = true;
    setTimeout(() => child.kill('SIGKILL'), ms);
  });
  await new Promise((resolve) => child.on('close', resolve));
  const last = (word: string) =>
    output
      .split('\n')
      .filter((line) => line.startsWith(`${word} `))
      .at(-1)
      ?.slice(word.length + 1);
  return { done: last('done'), tried: last('try') };
}
