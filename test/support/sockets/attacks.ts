import { connect, type Socket } from 'node:net';
import { type Grant, RecordKind } from '@aico/schemas';
import { encodeFrame, encodeRecord, MAX_FRAME_BYTES } from '@aico/schemas/wire';
import { Connection, createKeys, curveClient, decodeZ85 } from '../../../zmtp/src/index.ts';
import type { Opened } from './kernel-process.ts';

type Credentials = Opened['credentials'];

/** What an attacker has: its own socket and key, and where its neighbour's socket lies. */
export interface Means {
  readonly own: Credentials;
  readonly neighbour: Credentials;
}

/** One attack, done again and again; resolves when it was done once more. */
export interface Attack {
  readonly title: string;
  readonly grants?: readonly Grant[];
  readonly prepare: (means: Means) => Promise<() => Promise<void>>;
}

const TOPIC = 'plugin.hostile.note.v1';
const pathOf = ({ address }: Credentials): string => address.slice('ipc://'.length);
const note = (topic: string): Uint8Array =>
  encodeRecord({ kind: RecordKind.publish, correlation: 1, topic, payload: Buffer.from('{"state":"locked"}') });

/** Opens a connection, lets the caller use it, and waits until it is over or a moment has passed. */
function visit(path: string, use: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path, () => use(socket));
    socket.on('error', () => {}).on('close', () => resolve());
    socket.setTimeout(50, () => socket.destroy());
  });
}

/** A connection that shows these keys. */
function shake({ own }: Means, path: string, keys: { publicKey: Uint8Array; secretKey: Uint8Array }): Promise<void> {
  return visit(path, (socket) => {
    const mechanism = curveClient({ serverPublicKey: decodeZ85(own.serverPublicKey), ...keys });
    const ignore = (): void => {};
    const end = (): void => void socket.destroy();
    new Connection({ carrier: socket, mechanism, messageLimit: 1, onReady: end, onMessage: ignore, onClosed: ignore });
  });
}

/** The attacker's own connection, over which it sends what it likes. A new one is made when the kernel ended the last. */
async function speaker({ own }: Means): Promise<(frame: Uint8Array) => Promise<void>> {
  const open = (): Promise<Connection | undefined> =>
    new Promise((resolve) => {
      const connection: Connection = new Connection({
        carrier: connect(pathOf(own)),
        mechanism: curveClient({
          serverPublicKey: decodeZ85(own.serverPublicKey),
          publicKey: decodeZ85(own.publicKey),
          secretKey: decodeZ85(own.secretKey),
        }),
        messageLimit: MAX_FRAME_BYTES,
        onReady: () => resolve(connection),
        onMessage: () => {},
        onClosed: () => resolve(undefined),
      });
    });
  let connection = await open();
  return async (frame) => {
    if (connection === undefined) connection = await open();
    await connection?.send(frame).catch(() => {
      connection = undefined;
    });
  };
}

/** Sends the same kind of frame again and again. */
function sending(title: string, frame: (round: number) => Uint8Array, grants: readonly Grant[] = []): Attack {
  return {
    title,
    grants,
    prepare: async (means) => {
      const send = await speaker(means);
      let round = 0;
      return () => send(frame(round++));
    },
  };
}

const publishing: Grant = { verb: 'publish', topic: 'plugin.hostile.>', effect: 'allow' };
const many = (records: number): Uint8Array => encodeFrame(Array.from({ length: records }, () => note(TOPIC)));
const lying = (): Uint8Array => {
  const frame = Buffer.from(many(3));
  frame.writeUInt32LE(0x7fff_ffff, 1);
  return frame;
};
const forged = encodeFrame([
  encodeRecord({
    kind: RecordKind.publish,
    correlation: 1,
    topic: 'vault.state.changed.v1',
    header: Buffer.from('{"sender":"vault","incarnation":"vault-1"}'),
    payload: Buffer.from('{"state":"locked"}'),
  }),
]);

/** What is done at the real socket by somebody who means harm. */
export const ATTACKS: readonly Attack[] = [
  {
    title: 'none: a process beside them that does sums',
    prepare: async () => async () => {
      for (let end = performance.now() + 0.2, sum = 0; performance.now() < end; ) sum += Math.sqrt(sum);
    },
  },
  {
    title: 'connections without a key',
    prepare: async ({ neighbour }) => {
      const greeting = Buffer.alloc(64);
      greeting.set(Buffer.from('ff00000000000000017f0300', 'hex'));
      greeting.write('NULL', 12);
      return () => visit(pathOf(neighbour), (socket) => socket.write(greeting));
    },
  },
  {
    title: 'connections with a wrong key',
    prepare: async (means) => () => shake(means, pathOf(means.own), createKeys()),
  },
  {
    title: "connections with its own key at the neighbour's socket",
    prepare: async (means) => {
      const keys = { publicKey: decodeZ85(means.own.publicKey), secretKey: decodeZ85(means.own.secretKey) };
      return () => shake(means, pathOf(means.neighbour), keys);
    },
  },
  {
    title: 'a storm of connections that say nothing',
    prepare:
      async ({ neighbour }) =>
      async () =>
        void (await Promise.all(Array.from({ length: 20 }, () => visit(pathOf(neighbour), (each) => each.destroy())))),
  },
  {
    title: 'half a handshake, left open',
    prepare: async ({ neighbour }) => {
      const begun = Buffer.from('ff00000000000000017f03', 'hex');
      return () => visit(pathOf(neighbour), (socket) => socket.write(begun));
    },
  },
  sending('frames of garbage', (round) => Buffer.alloc(10_000, round % 256)),
  sending('batches that are cut off', () => many(50).subarray(0, -7)),
  sending('batches with a length that lies', lying),
  sending('batches of a size that no frame may have', () => Buffer.alloc(MAX_FRAME_BYTES + 1)),
  sending('whole batches, as many as go', () => many(200), [publishing]),
  sending('the same frame again and again', () => many(1), [publishing]),
  sending('messages in the name of another', () => forged),
  sending(
    'a million subscriptions',
    (round) =>
      encodeFrame(
        Array.from({ length: 500 }, (_, at) =>
          encodeRecord({
            kind: RecordKind.subscribe,
            correlation: 1,
            topic: `plugin.hostile.s${round * 500 + at}.v1`,
          }),
        ),
      ),
    [{ verb: 'subscribe', topic: 'plugin.hostile.>', effect: 'allow' }],
  ),
];
