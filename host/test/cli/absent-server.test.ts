import { AicoError, type PluginInfo } from '@aico/schemas';
import { expect, test } from 'vitest';
import { explainAbsence } from '../../src/cli/absent-server.ts';
import type { CommandBus } from '../../src/cli/bus-session.ts';

const NOBODY = new AicoError('KERNEL_NO_SERVER', { subject: 'audit.search.v1' });

/** A bus on which one plugin would answer searches of the audit. */
function busWith(plugin: Partial<PluginInfo>, vault: 'empty' | 'locked'): Pick<CommandBus, 'request'> {
  const permissions = [{ permission: { verb: 'serve', topic: 'audit.search.v1', reason: 'To answer.' } }];
  const answers: Readonly<Record<string, unknown>> = {
    'kernel.plugin.list.v1': { plugins: [{ id: 'audit', enabled: true, state: 'pending', permissions, ...plugin }] },
    'vault.status.get.v1': { state: vault },
  };
  return { request: (topic: string) => Promise.resolve(answers[topic]) } as unknown as CommandBus;
}

test.each([
  ['the vault is locked', { waitingFor: ['vault.unlocked'] }, 'locked', 'VAULT_LOCKED'],
  ['there is no vault yet', { waitingFor: ['vault.unlocked'] }, 'empty', 'HOST_VAULT_EMPTY'],
  ['its plugin is switched off', { enabled: false, state: 'stopped' }, 'locked', 'HOST_PLUGIN_ABSENT'],
  ['its plugin crashed', { state: 'quarantined' }, 'locked', 'HOST_PLUGIN_ABSENT'],
  ['no plugin would', { permissions: [] }, 'locked', 'KERNEL_NO_SERVER'],
] as const)('who asks what nobody answers is told that %s [PLG-9]', async (_, plugin, vault, code) => {
  expect(await explainAbsence(busWith(plugin as Partial<PluginInfo>, vault), NOBODY)).toMatchObject({ code });
});

test('the plugin that is to be switched on is named [PLG-9]', async () => {
  const off = busWith({ enabled: false, state: 'stopped' }, 'locked');
  expect(await explainAbsence(off, NOBODY)).toMatchObject({
    message: 'audit, which does this, does not run: it is switched off.',
    fix: expect.stringContaining('aico plugin enable audit'),
  });
});

test('any other failure is told as it is', async () => {
  const other = new AicoError('KERNEL_CANCELLED', { subject: 'audit' });
  expect(await explainAbsence(busWith({}, 'locked'), other)).toBe(other);
});
