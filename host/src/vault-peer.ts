import { randomBytes } from 'node:crypto';
import { completeQuota, type Kernel } from '@aico/kernel';
import type { PeerSocketFactory } from '@aico/kernel/contracts';
import { connectRecordPort } from '@aico/sandbox/client';
import { type Grant, isVaultClosed, RecordKind } from '@aico/schemas';
import { BusClient, Scope } from '@aico/sdk/internal';
import type { SecretKeeper } from './configuration/secret-settings.ts';

/** No plugin can have this name, so none can ask for what is kept under it. */
const SELF = 'aico.settings';
const GRANTS: readonly Grant[] = [
  ...(['get', 'put', 'delete'] as const).map(
    (call): Grant => ({
      verb: 'request',
      topic: `vault.secret.${call}.v1`,
      effect: 'allow',
    }),
  ),
  { verb: 'request', topic: 'vault.log.key.v1', effect: 'allow' },
  { verb: 'subscribe', topic: 'vault.state.changed.v1', effect: 'allow' },
  { verb: 'subscribe', topic: 'kernel.condition.changed.v1', effect: 'allow' },
];
/** What the vault says of itself. */
export const UNLOCKED = 'vault.unlocked';
const TIMEOUT_MS = 5_000;

type Bus = ReturnType<BusClient['asBus']>;

interface Connection {
  readonly bus: Bus;
  close(): Promise<void>;
}

/** Who is told of the vault. */
export interface VaultListener {
  /** What is kept can be had, or no longer. */
  readonly onState: (open: boolean) => void;
  /** By what logs are sealed, in Base64: told each time that the vault is open. */
  readonly onLogKey: (publicKey: string) => void;
}

/** The host at the vault, as a peer on the bus: it keeps secret settings where plugins keep secrets, and learns by what logs are sealed. */
export class VaultPeer implements SecretKeeper {
  readonly #sockets: PeerSocketFactory;
  #host: { readonly kernel: Kernel; readonly listener: VaultListener } | undefined;
  #connection: Promise<Connection> | undefined;

  constructor(sockets: PeerSocketFactory) {
    this.#sockets = sockets;
  }

  begin(kernel: Kernel, listener: VaultListener): void {
    this.#host = { kernel, listener };
  }

  /** From now on its listener is told. */
  async watch(): Promise<void> {
    await this.#join();
  }

  async get(name: string): Promise<string | undefined> {
    const bus = await this.#join();
    return (await bus.request('vault.secret.get.v1', { name }, { timeoutMs: TIMEOUT_MS })).value;
  }

  async put(name: string, value: string): Promise<void> {
    const bus = await this.#join();
    await bus.request('vault.secret.put.v1', { name, value }, { timeoutMs: TIMEOUT_MS });
  }

  async delete(name: string): Promise<void> {
    const bus = await this.#join();
    await bus.request('vault.secret.delete.v1', { name }, { timeoutMs: TIMEOUT_MS });
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#host = undefined;
    this.#connection = undefined;
    await (await connection?.catch(() => undefined))?.close();
  }

  async #join(): Promise<Bus> {
    this.#connection ??= this.#connect();
    return (await this.#connection).bus;
  }

  async #connect(): Promise<Connection> {
    if (this.#host === undefined) throw new Error('secret settings are kept on the bus of a host that runs');
    const { kernel, listener } = this.#host;
    const incarnation = `${SELF}-${randomBytes(6).toString('hex')}`;
    const { link, credentials } = await this.#sockets.open(incarnation);
    const { detach } = kernel.attachPeer({
      id: SELF,
      incarnation,
      grants: GRANTS,
      quota: completeQuota(undefined),
      link,
    });
    const port = await connectRecordPort(SELF, credentials);
    const scope = new Scope(SELF);
    const timers = {
      after: (milliseconds: number, handler: () => void) => {
        const timer = setTimeout(handler, milliseconds);
        return () => clearTimeout(timer);
      },
    };
    const client = new BusClient({ plugin: SELF, port, timers, scope, onFailure: () => undefined });
    port.receive((record) => {
      if (record.kind !== RecordKind.lifecycle) client.receive(record);
    });
    const bus = client.asBus();
    await bus.subscribe('vault.state.changed.v1', async ({ data }) => {
      listener.onState(data.state === 'unlocked');
      await tellLogKey(bus, listener);
    });
    // The vault says that it is open when those run that wait for it: they log before.
    await bus.subscribe('kernel.condition.changed.v1', async ({ data }) => {
      if (data.name === UNLOCKED && data.holds) await tellLogKey(bus, listener);
    });
    await tellLogKey(bus, listener);
    const close = async (): Promise<void> => {
      await scope.close();
      await port.close();
      detach();
      await link.close();
    };
    return { bus, close };
  }
}

async function tellLogKey(bus: Bus, { onLogKey }: VaultListener): Promise<void> {
  try {
    onLogKey((await bus.request('vault.log.key.v1', {}, { timeoutMs: TIMEOUT_MS })).publicKey);
  } catch (error) {
    if (!isVaultClosed(error)) throw error;
  }
}
