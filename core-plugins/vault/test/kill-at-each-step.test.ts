import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { codeOf, PASSWORD, smallVault, temporaryFolder } from './small-vault.ts';

const CHILD = join(import.meta.dirname, 'change-password-once-child.ts');
const DYING_PROCESS = join(import.meta.dirname, '../../../test/support/dying-process.ts');
const NEXT = 'the next password';
const SIDE_BY_SIDE = 4;
const GRANT = { purposes: ['storage'] };

test('kill -9 at each single step of a password change leaves one of the two passwords, the code, the keys and the secrets [SVC-7] [SEC-2]', {
  timeout: 120_000,
}, async () => {
  const origin = temporaryFolder();
  const vault = smallVault(origin);
  await vault.setUp(PASSWORD);
  const key = vault.derive('chat', { purpose: 'storage' }, GRANT);
  vault.secrets.put('llm', 'token', 'kept');
  const code = await vault.renewRecovery(PASSWORD);
  const opens = { [PASSWORD]: 0, [NEXT]: 0 };
  let steps = 0;
  for (let ended = false; !ended; ) {
    const round = Array.from({ length: SIDE_BY_SIDE }, () => {
      steps += 1;
      return changeAndDie(origin, steps);
    });
    for (const { folder, done } of await Promise.all(round)) {
      ended ||= done;
      const after = smallVault(folder);
      const password = (await codeOf(() => after.unlock(PASSWORD))) === true ? PASSWORD : NEXT;
      // Once it was said to be done, the old one opens nothing.
      if (done) expect(password).toBe(NEXT);
      if (password === NEXT) await after.unlock(NEXT);
      opens[password] += 1;
      expect(after.derive('chat', { purpose: 'storage' }, GRANT)).toBe(key);
      expect(after.secrets.get('llm', 'token')).toBe('kept');
      expect(readdirSync(folder).filter((name) => name.endsWith('.previous'))).toEqual([]);
      // Life goes on: both ways in still work.
      await after.changePassword(password, 'a third password');
      await after.unlockByRecovery(code, 'a fourth password');
    }
  }
  expect(steps).toBeGreaterThan(8);
  expect(opens[PASSWORD]).toBeGreaterThan(3);
  expect(opens[NEXT]).toBeGreaterThan(1);
});

/** Changes the password in a copy of the vault, by a process that dies at a step, if it gets so far. */
async function changeAndDie(origin: string, step: number): Promise<{ folder: string; done: boolean }> {
  const folder = join(temporaryFolder(), 'vault');
  mkdirSync(folder);
  cpSync(origin, folder, { recursive: true });
  const parameters = ['--conditions=source', '--import', DYING_PROCESS, CHILD, folder, PASSWORD, NEXT];
  const env = { ...process.env, DIE_FOLDER: join(folder, 'vault.json'), DIE_AT: String(step) };
  const outcome = await promisify(execFile)(process.execPath, parameters, { env }).catch((error: unknown) => error);
  const { stdout = '', signal } = outcome as { stdout?: string; signal?: string };
  const done = stdout.includes('done');
  expect(done || signal === 'SIGKILL', JSON.stringify(outcome)).toBe(true);
  return { folder, done };
}
