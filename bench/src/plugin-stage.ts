import { join } from 'node:path';
import { Broker, ContractTable, completeQuota } from '@aico/kernel';
import type { Clock } from '@aico/kernel/contracts';
import { Incarnation } from '@aico/kernel/internal';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { createProcessRunner } from '@aico/sandbox';
import { connectRecordPort } from '@aico/sandbox/client';
import { BusClient, Scope } from '@aico/sdk/internal';
import { readBuilt } from './read-built.ts';

const after: Clock['after'] = (milliseconds, handler) => {
  const timer = setTimeout(handler, milliseconds);
  return () => clearTimeout(timer);
};
const clock: Clock = { now: () => Date.now(), after };
const MIB = 1024 * 1024;
const QUOTA = completeQuota({ messagesPerSecond: 100_000, bytesPerSecond: 1024 * MIB, messageBytes: 16 * MIB });

/** A broker, plugins of this build in their own processes, and peers of the bench in the place of all others. */
export class PluginStage {
  readonly #transport: ZmqPeerSockets;
  readonly #broker = new Broker({ contracts: new ContractTable(), clock }, 'bench');
  readonly #runner: ReturnType<typeof createProcessRunner>;
  readonly #started: Incarnation[] = [];

  constructor(folder: string) {
    this.#transport = new ZmqPeerSockets(folder);
    const dataFolderOf = (id: string): string => join(folder, 'data', id);
    const rest = { transport: this.#transport, dataFolderOf, homeFolder: folder };
    this.#runner = createProcessRunner({ runtimeFolder: folder, ...rest });
  }

  /** A peer that may do one thing. */
  async join(id: string, verb: 'serve' | 'request', topic: string): Promise<BusClient> {
    const incarnation = `${id}-1`;
    const { link, credentials } = await this.#transport.open(incarnation);
    this.#broker.attach({ id, incarnation, grants: [{ verb, topic, effect: 'allow' }], quota: QUOTA, link });
    const port = await connectRecordPort(id, credentials);
    const onFailure = (failed: string, error: unknown): void => console.error(failed, error);
    const client = new BusClient({ plugin: id, port, timers: { after }, scope: new Scope(id), onFailure });
    port.receive((record) => client.receive(record));
    return client;
  }

  /** Starts a plugin with all that its manifest asks for. */
  async start(plugin: string, configuration: Record<string, unknown>): Promise<void> {
    const verified = await readBuilt(plugin);
    const { permissions, quota: own } = verified.manifest;
    const grants = permissions.map(({ verb, topic }) => ({ verb, topic, effect: 'allow' as const }));
    const rest = {
      quota: completeQuota(own),
      configuration,
      onLog: () => {},
      onPressure: () => {},
    };
    const parts = { broker: this.#broker, runner: this.#runner, clock };
    const life = { ...parts, package: verified, name: `${plugin}-1`, grants, ...rest };
    this.#started.push(await Incarnation.start(life, new AbortController().signal));
  }

  async end(): Promise<void> {
    for (const each of this.#started) await each.stop('measured');
    await this.#runner.close();
  }
}
