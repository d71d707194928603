import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditHead, AuditVerdict, Manifest, PluginContext } from '@aico/sdk';
import { createTestKernel, serveSchedule, serveSecrets, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { onTestFinished } from 'vitest';
import { createAuditPlugin } from '../../src/audit-plugin.ts';

const ROOT = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'plugin.json'), 'utf8')) as Manifest;
const MIGRATIONS = ['migrations/0001-audit.sql', 'migrations/0002-clock.sql'];
const assets = new Map<string, Uint8Array>(MIGRATIONS.map((path) => [path, readFileSync(join(ROOT, path))]));

/** The plugin on a kernel of its own, with a vault and a storage that stand in. */
export interface LoadedAudit {
  readonly kernel: TestKernel;
  /** Who looks at the audit. */
  readonly user: PluginContext;
  /** Works on the audit's own database, as somebody who got hold of it. */
  readonly rows: PluginContext['storage'];
  verify(head?: AuditHead): Promise<AuditVerdict>;
  load(): Promise<void>;
  /** Changes rows while the audit is off. */
  tamper(...statements: string[]): Promise<void>;
  /** Takes away what the vault keeps, which needs no key, while the audit is off. */
  loseSecrets(...statements: string[]): Promise<void>;
}

export async function loadAudit(
  configuration: Record<string, unknown> = { keepDays: 0 },
  clock: () => number = Date.now,
): Promise<LoadedAudit> {
  const definition = createAuditPlugin(clock);
  const kernel = await createTestKernel();
  onTestFinished(() => kernel.close());
  await serveStorage(kernel);
  const secrets = await serveSecrets(kernel);
  await serveSchedule(kernel);
  const vault = await kernel.peer({ id: 'keys', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', () => ({ key: '5a'.repeat(32) }));
  let rows: PluginContext['storage'] | undefined;
  const load = async (): Promise<void> => {
    rows = (await kernel.load({ manifest, definition, assets, configuration })).storage;
  };
  await load();
  const change = async (statements: readonly string[]): Promise<void> => {
    const { storage } = await kernel.load({ manifest, definition: { activate: () => {} } });
    await storage.batch(statements.map((sql) => ({ sql })));
    await kernel.unload('audit');
    await load();
  };
  const user = await kernel.peer({
    id: 'user',
    permissions: [
      'audit.search.v1',
      'audit.status.get.v1',
      'audit.verify.v1',
      'audit.export.v1',
      'kernel.trail.note.v1',
      'plugin.audit.retention.run.v1',
    ].map((topic) => ({ verb: 'request', topic }) as const),
  });
  return {
    kernel,
    user,
    get rows() {
      if (rows === undefined) throw new Error('the audit is not loaded');
      return rows;
    },
    verify: (head) => user.bus.stream('audit.verify.v1', head === undefined ? {} : { head }).result,
    load,
    tamper: async (...statements) => {
      await kernel.unload('audit');
      await change(statements);
    },
    loseSecrets: async (...statements) => {
      await kernel.unload('audit');
      (secrets.get('audit') as Map<string, string> | undefined)?.clear();
      await change(statements);
    },
  };
}
