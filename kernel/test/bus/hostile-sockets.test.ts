import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, ContractTable, completeQuota } from '@aico/kernel';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { RecordKind, type Violation } from '@aico/schemas';
import { MAX_FRAME_BYTES } from '@aico/schemas/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { curveKeyPair, Dealer } from 'zeromq';
import { RawPeer } from './raw-peer.ts';
import { clock, grantOf } from './test-bus.ts';

const STATE = 'vault.state.changed.v1';
const LOCKED = { kind: RecordKind.publish, correlation: 1, topic: STATE, data: { state: 'locked' } };

let folder: string;
let sockets: ZmqPeerSockets;
let broker: Broker;
let closers: (() => void)[];
let violations: Violation[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aico-hostile-'));
  sockets = new ZmqPeerSockets(folder);
  violations = [];
  closers = [];
  broker = new Broker({ contracts: new ContractTable(), clock, onViolation: (each) => violations.push(each) }, 'k');
});

afterEach(async () => {
  for (const close of closers) close();
  await sockets.close();
  await rm(folder, { recursive: true, force: true });
});

async function attach(id: string, grants: readonly string[]) {
  const { link, credentials } = await sockets.open(`${id}-1`);
  const quota = completeQuota({});
  const attachment = broker.attach({ id, incarnation: `${id}-1`, grants: grants.map(grantOf), quota, link });
  const path = credentials.address.replace('ipc://', '');
  return { credentials, attachment, path };
}

function speak(credentials: Parameters<typeof RawPeer.overZeromq>[0]): RawPeer {
  const [peer, close] = RawPeer.overZeromq(credentials);
  closers.push(close);
  return peer;
}

/** A publisher and a subscriber who must not notice what others do. */
async function bystanders() {
  const vault = speak((await attach('vault', [`publish ${STATE}`])).credentials);
  const other = speak((await attach('other', [`subscribe ${STATE}`])).credentials);
  await other.subscribe(STATE);
  return async (): Promise<void> => {
    await vault.send(LOCKED);
    await other.next(RecordKind.deliver);
  };
}

/** Writes bytes to a socket file and waits until either side closes, or for a moment. */
function writeRaw(path: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path, () => socket.write(bytes));
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.setTimeout(100, () => socket.destroy());
  });
}

const onUnix = describe.skipIf(process.platform === 'win32');

onUnix('strangers at a real socket', () => {
  test('bytes that are no handshake reach nobody [BUS-1, SEC-4]', async () => {
    const pass = await bystanders();
    const { path } = await attach('victim', [`publish ${STATE}`]);
    const greeting = Buffer.concat([
      Buffer.from('ff00000000000000017f', 'hex'),
      Buffer.from([3, 0]),
      Buffer.from('NULL'),
    ]);
    const noise = [
      Buffer.of(0),
      Buffer.alloc(64, 0xff),
      greeting,
      Buffer.alloc(100_000, 0x41),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    ];
    await Promise.all(noise.map((bytes) => writeRaw(path, bytes)));
    await pass();
    expect(violations).toEqual([]);
  });

  test('a recorded conversation means nothing when it is played again [BUS-1, SEC-4]', async () => {
    const { credentials, attachment, path } = await attach('vault', [`publish ${STATE}`]);
    const recorded: Buffer[] = [];
    const listening = join(folder, 'wire');
    // Someone who reads the wire sits between the plugin and the kernel.
    const server = createServer((inner: Socket) => {
      const outer = connect(path);
      inner.on('data', (bytes: Buffer) => {
        recorded.push(bytes);
        outer.write(bytes);
      });
      outer.on('data', (bytes: Buffer) => inner.write(bytes));
      for (const [one, other] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        one.on('error', () => {});
        one.on('close', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(listening, resolve));
    closers.push(() => server.close());
    const peer = speak({ ...credentials, address: `ipc://${listening}` });
    await peer.send(LOCKED);
    await peer.next(RecordKind.confirm);
    expect(attachment.traffic.sent).toBe(1);
    const bytes = Buffer.concat(recorded);
    await Promise.all([writeRaw(path, bytes), writeRaw(path, bytes.subarray(64)), writeRaw(path, bytes)]);
    await peer.send({ ...LOCKED, correlation: 2 });
    expect((await peer.next(RecordKind.confirm)).correlation).toBe(2);
    expect([attachment.traffic.sent, violations]).toEqual([2, []]);
  });

  test('a storm of connections with wrong keys and without any disturbs nobody [BUS-1, SEC-4]', async () => {
    const pass = await bystanders();
    const { credentials, path, attachment } = await attach('victim', [`publish ${STATE}`]);
    const victim = speak(credentials);
    const strangers = Array.from({ length: 50 }, () => {
      const { publicKey, secretKey } = curveKeyPair();
      const keys = {
        curveServerKey: credentials.serverPublicKey,
        curvePublicKey: publicKey,
        curveSecretKey: secretKey,
      };
      const socket = new Dealer({ linger: 0, sendTimeout: 0, reconnectInterval: 5, ...keys });
      socket.connect(credentials.address);
      closers.push(() => socket.close());
      return socket;
    });
    const raw = Promise.all(Array.from({ length: 100 }, (_, at) => writeRaw(path, Buffer.alloc(at, 0x41))));
    for (const stranger of strangers) await stranger.send('hello').catch(() => {});
    for (let round = 0; round < 20; round++) await pass();
    await raw;
    await victim.send(LOCKED);
    await victim.next(RecordKind.confirm);
    expect([attachment.traffic.sent, violations]).toEqual([1, []]);
  });
});

describe('a plugin at its own socket', () => {
  test('is cut off by a frame beyond the limit, which costs nobody else a message [BUS-1, PLG-3]', async () => {
    const pass = await bystanders();
    const { credentials, attachment } = await attach('hostile', [`publish ${STATE}`]);
    const hostile = speak(credentials);
    await hostile.send(LOCKED);
    await hostile.next(RecordKind.confirm);
    void hostile.sendFrame(Buffer.alloc(MAX_FRAME_BYTES + 1, 1)).catch(() => {});
    await pass();
    const again = speak(credentials);
    await again.send({ ...LOCKED, correlation: 2 });
    await again.next(RecordKind.confirm);
    await pass();
    expect(attachment.traffic.sent).toBe(2);
  });

  test('is refused what is no frame, and goes on [BUS-1, BUS-3]', async () => {
    const pass = await bystanders();
    const { credentials } = await attach('hostile', [`publish ${STATE}`]);
    const hostile = speak(credentials);
    const garbage = [Buffer.alloc(0), Buffer.of(1, 0xff), Buffer.alloc(300, 0xff), Buffer.alloc(100_000)];
    for (const frame of garbage) await hostile.sendFrame(frame);
    await hostile.send(LOCKED);
    await hostile.next(RecordKind.confirm);
    await pass();
    expect(violations.map(({ error, sender }) => [sender, error.code])).toEqual(
      garbage.map(() => ['hostile', 'KERNEL_FRAME_MALFORMED']),
    );
  });
});
