import { connectRecordPort } from '@aico/sandbox/client';
import { BusClient, Scope } from '@aico/sdk/internal';
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { DURABLE } from './payloads.ts';
import type { Door } from './roles.ts';

/** What a measurement does on a bus, whichever it is. */
export interface BusUser {
  publish(topic: string, data: unknown): void;
  /** Resolves when the carrier took everything published so far; of a durable topic, when it is kept. */
  flush(): Promise<void>;
  /** Has the events of a durable topic kept, where somebody has to ask for it. */
  keep?(topic: string): Promise<void>;
  subscribe(topic: string, handler: (data: unknown) => void): Promise<void>;
  request(topic: string, data: unknown): Promise<unknown>;
  serve(topic: string, handler: (data: unknown) => unknown): Promise<void>;
}

export function connectUser(door: Door): Promise<BusUser> {
  return door.system === 'aico' ? connectAico(door) : connectNats(door.url);
}

/** A plugin's half, on the SDK's own client. */
async function connectAico({ id, credentials }: Door & { system: 'aico' }): Promise<BusUser> {
  const port = await connectRecordPort(id, credentials);
  const after = (milliseconds: number, handler: () => void): (() => void) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  };
  const onFailure = (topic: string, error: unknown): void => console.error(topic, error);
  const client = new BusClient({ plugin: 'bench', port, timers: { after }, scope: new Scope('bench'), onFailure });
  port.receive((record) => client.receive(record));
  let last: Promise<void> = Promise.resolve();
  return {
    publish: (topic, data) => {
      last = client.publish(topic, data);
    },
    flush: () => last,
    subscribe: async (topic, handler) => void (await client.subscribe(topic, ({ data }) => handler(data))),
    request: (topic, data) => client.request(topic, data),
    serve: async (topic, handler) => void (await client.serve(topic, ({ data }) => handler(data))),
  };
}

/** The same on the client of NATS, by callbacks, which is its quickest way. */
async function connectNats(servers: string): Promise<BusUser> {
  const connection = await connect({ servers });
  const durable = jetstream(connection);
  let kept: Promise<unknown> | undefined;
  return {
    publish: (topic, data) => {
      if (topic === DURABLE) kept = durable.publish(topic, JSON.stringify(data));
      else connection.publish(topic, JSON.stringify(data));
    },
    flush: async () => void (await (kept ?? connection.flush())),
    keep: async (topic) => {
      const streams = (await jetstreamManager(connection)).streams;
      await streams.add({ name: 'bench', subjects: [topic], storage: StorageType.File });
    },
    subscribe: async (topic, handler) => {
      connection.subscribe(topic, { callback: (_, message) => handler(message.json()) });
      await connection.flush();
    },
    request: async (topic, data) => (await connection.request(topic, JSON.stringify(data), { timeout: 30_000 })).json(),
    serve: async (topic, handler) => {
      const callback = (_: unknown, message: { json(): unknown; respond(text: string): boolean }): void =>
        void message.respond(JSON.stringify(handler(message.json())));
      connection.subscribe(topic, { callback });
      await connection.flush();
    },
  };
}
