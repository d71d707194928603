import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { requireGocryptfs } from '../../../test/support/system-tools.ts';
import { aico, aicoJson, startHost } from '../support/aico.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('an encrypted folder that a killed host left open is told by doctor, and closed at the next start while the vault is locked still [SEC-1, SVC-7]', async (context) => {
  const gocryptfs = requireGocryptfs(context);
  const home = temporaryFolder();
  const options = { home, environment: { AICO_DISTRIBUTION: 'minimal' } };
  const [cipher, open] = ['cipher', 'open'].map((name) => join(home, 'data', 'vault-folder', name)) as [string, string];
  for (const folder of [cipher, open]) mkdirSync(folder, { recursive: true });
  const run = (...args: string[]) => execFileSync(gocryptfs, ['-q', ...args], { input: 'password\n', stdio: 'pipe' });
  run('-init', '-scryptn', '10', cipher);
  run(cipher, open);
  onTestFinished(() => {
    if (existsSync(join(open, 'letter'))) execFileSync('fusermount3', ['-u', '-z', open]);
  });
  writeFileSync(join(open, 'letter'), 'dear');

  const { findings } = (await aicoJson(['doctor'], options)) as { findings: { name: string; fix?: string }[] };
  expect(findings.find(({ name }) => name === 'open folder')?.fix).toContain(open);
  const { ready } = await startHost(options);
  expect(ready['failed']).toEqual([]);
  expect(existsSync(join(open, 'letter'))).toBe(false);
  expect((await aico(['doctor'], options)).out).not.toContain('open folder');
}, 60_000);
