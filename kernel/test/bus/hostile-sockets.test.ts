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

async function attach(id: string, grants: readonly string[], onLinkFailure: (error: unknown) => void = () => {}) {
  const { link, credentials } = await sockets.open(`${id}-1`);
  const peer = { id, incarnation: `${id}-1`, grants: grants.map(grantOf), quota: completeQuota({}) };
  const attachment = broker.attach({ ...peer, link, onLinkFailure });
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

/** Whether anybody takes connections at a socket file. */
function isReachable(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
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
    // It comes last, and yet gets in.
    const victim = speak(credentials);
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
    const { credentials, attachment, path } = await attach('hostile', [`publish ${STATE}`]);
    const hostile = speak(credentials);
    await hostile.send(LOCKED);
    await hostile.next(RecordKind.confirm);
    void hostile.sendFrame(Buffer.alloc(MAX_FRAME_BYTES + 1, 1)).catch(() => {});
    await pass();
    expect(attachment.traffic.sent).toBe(1);
    expect(await isReachable(path)).toBe(false);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a length that lies', Buffer.of(1, 0xff)],
    ['bytes', Buffer.alloc(300, 0xff)],
    ['zeros', Buffer.alloc(100_000)],
  ])('is cut off by a frame of %s, and does not come back [BUS-1, BUS-3]', async (_, frame) => {
    const pass = await bystanders();
    const failures: unknown[] = [];
    const { credentials, attachment, path } = await attach('hostile', [`publish ${STATE}`], (error) =>
      failures.push(error),
    );
    const hostile = speak(credentials);
    await hostile.sendFrame(frame);
    await expect.poll(() => violations.map(({ error }) => error.code)).toEqual(['KERNEL_FRAME_MALFORMED']);
    void hostile.send(LOCKED).catch(() => {});
    await pass();
    expect(attachment.traffic.sent).toBe(0);
    expect(failures).toMatchObject([{ code: 'KERNEL_FRAME_MALFORMED', subject: 'hostile' }]);
    expect(await isReachable(path)).toBe(false);
  });

  test('has the door closed behind it: nobody else reaches the kernel there [BUS-1, SEC-4]', async () => {
    const { credentials, path } = await attach('mine', [`publish ${STATE}`]);
    expect(await isReachable(path)).toBe(true);
    const mine = speak(credentials);
    await mine.send(LOCKED);
    await mine.next(RecordKind.confirm);
    expect(await isReachable(path)).toBe(false);
    await mine.send({ ...LOCKED, correlation: 2 });
    expect((await mine.next(RecordKind.confirm)).correlation).toBe(2);
  });

  test('comes in although strangers had the door closed before [BUS-1, SEC-4]', async () => {
    const { credentials, path } = await attach('mine', [`publish ${STATE}`]);
    // Whoever only looks in is a stranger, too.
    await expect.poll(() => isReachable(path), { interval: 1 }).toBe(false);
    const mine = speak(credentials);
    await mine.send(LOCKED);
    expect((await mine.next(RecordKind.confirm)).correlation).toBe(1);
  });

  test('is slowed by each broken rule, also when it sends them one by one [BUS-3, PLG-3]', async () => {
    const { credentials, attachment } = await attach('hostile', []);
    const hostile = speak(credentials);
    const { messagesPerSecond } = completeQuota({});
    const count = Math.ceil(messagesPerSecond / 4);
    const begun = performance.now();
    for (let sent = 0; sent < count; sent += 1) void hostile.send({ ...LOCKED, correlation: sent }).catch(() => {});
    await expect.poll(() => attachment.traffic.violations, { timeout: 20_000 }).toBe(count);
    // A quarter of what a second admits takes a quarter of a second, less what it owes when it is read last.
    expect(performance.now() - begun).toBeGreaterThan(200);
  });
});
