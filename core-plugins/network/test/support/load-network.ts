import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AicoError,
  type EgressEntry,
  type EgressSummary,
  type HttpConstraints,
  type Manifest,
  type PluginContext,
} from '@aico/sdk';
import { createTestKernel, serveStorage, type TestKernel } from '@aico/sdk-testing';
import { onTestFinished } from 'vitest';
import type { Resolver } from '../../src/http/resolve.ts';
import { createNetworkPlugin } from '../../src/network-plugin.ts';

const ROOT = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'plugin.json'), 'utf8')) as Manifest;
const MIGRATIONS = ['migrations/0001-egress.sql', 'migrations/0002-clock.sql'];
const assets = new Map<string, Uint8Array>(MIGRATIONS.map((path) => [path, readFileSync(join(ROOT, path))]));

/** Everything on this computer, at any port, also by http. */
export const ALL_LOCAL: HttpConstraints = { anyHost: true, anyPort: true, allowHttp: true, allowLoopback: true };

export const authority: string = readFileSync(join(ROOT, 'test/certificates/authority.pem'), 'utf8');

/** Names that the test's resolver knows; a list of lists is answered one after the other. */
export type Names = Readonly<Record<string, readonly string[]>>;

/** The plugin on a kernel of its own. */
export interface LoadedNetwork {
  readonly kernel: TestKernel;
  /** Every name that was looked up, in order. */
  readonly lookedUp: readonly string[];
  /** Entries as they were told. */
  readonly told: readonly EgressEntry[];
  /** A plugin that holds these constraints. */
  plugin(constraints?: HttpConstraints, id?: string): Promise<PluginContext>;
  entries(): Promise<readonly EgressEntry[]>;
  summary(): Promise<EgressSummary>;
  restart(): Promise<void>;
  readonly user: PluginContext;
}

export async function loadNetwork(
  names: Names | Resolver = {},
  configuration: Record<string, unknown> = {},
  now: () => number = Date.now,
): Promise<LoadedNetwork> {
  const kernel = await createTestKernel();
  onTestFinished(() => kernel.close());
  await serveStorage(kernel);
  const lookedUp: string[] = [];
  const resolver: Resolver = async (host) => {
    lookedUp.push(host);
    if (typeof names === 'function') return names(host);
    const found = names[host];
    if (found === undefined) throw new Error(`nobody knows ${host}`);
    return found;
  };
  const definition = createNetworkPlugin({ resolver, authorities: [authority], now });
  const values = { keepDays: 365, keepConnections: 20_000, ...configuration };
  const load = () => kernel.load({ manifest, definition, assets, configuration: values });
  await load();
  const user = await kernel.peer({
    id: 'user',
    permissions: [
      ...(['net.egress.list.v1', 'net.egress.summary.get.v1', 'net.egress.export.v1'] as const).map(
        (topic) => ({ verb: 'request', topic }) as const,
      ),
      { verb: 'subscribe', topic: 'net.egress.recorded.v1' },
    ],
  });
  const told: EgressEntry[] = [];
  await user.bus.subscribe('net.egress.recorded.v1', ({ data }) => void told.push(data.entry));
  return {
    kernel,
    lookedUp,
    told,
    user,
    plugin: (constraints, id = 'stranger') => {
      const limits = constraints === undefined ? {} : { constraints: { ...constraints } };
      const topics = ['net.http.fetch.v1', 'net.http.stream.v1'];
      const permissions = topics.map((topic) => ({ verb: 'request', topic, ...limits }) as const);
      return kernel.peer({ id, permissions });
    },
    entries: async () => (await user.bus.request('net.egress.list.v1', {})).entries,
    summary: () => user.bus.request('net.egress.summary.get.v1', {}),
    restart: async () => {
      await kernel.unload('network');
      await load();
    },
  };
}

/** The error that a promise ends with; fails when it ends well. */
export async function errorOf(promise: Promise<unknown>): Promise<AicoError> {
  const error = await promise.then(
    (value) => new Error(`it ended well: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AicoError) return error;
  throw error;
}
