import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, PluginContext } from '@aico/sdk';
import { createTestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import vault from '../src/index.ts';
import { codeOf, temporaryFolder } from './small-vault.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../plugin.json'), 'utf8')) as Manifest;
const request = (topic: string, constraints?: Record<string, unknown>) => ({
  verb: 'request' as const,
  topic,
  ...(constraints && { constraints }),
});

test('sets up, locks, unlocks, and gives keys and secrets to those who may have them [SEC-1] [SEC-3] [SEC-4]', {
  timeout: 60_000,
}, async () => {
  await using kernel = await createTestKernel();
  const gateway = await kernel.peer({
    id: 'gateway',
    permissions: [
      ...['status.get', 'setup.run', 'unlock.run', 'lock.run'].map((name) => request(`vault.${name}.v1`)),
      { verb: 'subscribe', topic: 'vault.state.changed.v1' },
      { verb: 'subscribe', topic: 'kernel.condition.changed.v1' },
    ],
  });
  const heard: unknown[] = [];
  await gateway.bus.subscribe('vault.state.changed.v1', ({ data }) => void heard.push(data.state));
  await gateway.bus.subscribe('kernel.condition.changed.v1', ({ data }) => void heard.push(data));
  await kernel.load({ manifest, definition: vault, dataFolder: temporaryFolder() });

  expect(await statusOf(gateway)).toBe('empty');
  expect(await gateway.bus.request('vault.setup.run.v1', { password: 'a good password' })).toEqual({
    state: 'unlocked',
  });
  const diary = await kernel.peer({
    id: 'diary',
    permissions: [
      request('vault.key.derive.v1', { purposes: ['storage'] }),
      request('vault.secret.put.v1'),
      request('vault.secret.get.v1'),
    ],
  });
  const derive = (purpose: string) => diary.bus.request('vault.key.derive.v1', { purpose });
  expect((await derive('storage')).key).toMatch(/^[0-9a-f]{64}$/);
  expect(await codeOf(() => derive('secrets'))).toBe('VAULT_PURPOSE_DENIED');
  await diary.secrets.set('token', 'kept');
  expect(await diary.secrets.get('token')).toBe('kept');

  expect((await gateway.bus.request('vault.lock.run.v1', {})).state).toBe('locked');
  expect(await codeOf(() => derive('storage'))).toBe('VAULT_LOCKED');
  expect(await codeOf(() => gateway.bus.request('vault.unlock.run.v1', { password: 'a bad password' }))).toBe(
    'VAULT_PASSWORD_WRONG',
  );
  await gateway.bus.request('vault.unlock.run.v1', { password: 'a good password' });
  expect(await diary.secrets.get('token')).toBe('kept');
  expect(heard.filter((state) => typeof state === 'string')).toEqual(['empty', 'unlocked', 'locked', 'unlocked']);
  expect(heard.filter((change) => typeof change === 'object')).toMatchObject([
    { holds: true },
    { holds: false },
    { holds: true },
  ]);
  expect(JSON.stringify(kernel.logs)).not.toContain('password"');
});

test('tells at once that the password was changed, in the trace of who changed it [SEC-3]', {
  timeout: 60_000,
}, async () => {
  await using kernel = await createTestKernel();
  const gateway = await kernel.peer({
    id: 'gateway',
    permissions: [
      ...['setup.run', 'password.change', 'recovery.renew', 'recovery.unlock'].map((name) =>
        request(`vault.${name}.v1`),
      ),
      { verb: 'subscribe', topic: 'vault.password.changed.v1' },
    ],
  });
  const heard: unknown[] = [];
  await gateway.bus.subscribe(
    'vault.password.changed.v1',
    ({ traceparent }) => void heard.push(traceparent?.slice(3, 35)),
  );
  await kernel.load({ manifest, definition: vault, dataFolder: temporaryFolder() });
  const [first, second, third] = ['a good password', 'a better password', 'the best password'] as const;
  const [changed, recovered] = ['1'.repeat(32), '2'.repeat(32)] as const;
  const traced = (id: string) => ({ trace: { traceparent: `00-${id}-${'3'.repeat(16)}-01` } });
  await gateway.bus.request('vault.setup.run.v1', { password: first });
  const change = (current: string, trace: object) =>
    gateway.bus.request('vault.password.change.v1', { current, next: second }, trace);
  expect(await codeOf(() => change('a bad password', {}))).toBe('VAULT_PASSWORD_WRONG');
  await change(first, traced(changed));
  expect(heard).toEqual([changed]);
  const { code } = await gateway.bus.request('vault.recovery.renew.v1', { password: second });
  await gateway.bus.request('vault.recovery.unlock.v1', { code, next: third }, traced(recovered));
  expect(heard).toEqual([changed, recovered]);
});

async function statusOf(gateway: PluginContext): Promise<string> {
  return (await gateway.bus.request('vault.status.get.v1', {})).state;
}
