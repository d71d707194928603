import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { curveKeyPair, Dealer } from 'zeromq';

let folder: string;
let sockets: ZmqPeerSockets;
let refused: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aico-keys-'));
  refused = [];
  sockets = new ZmqPeerSockets(folder, (incarnation) => refused.push(incarnation));
});

afterEach(async () => {
  await sockets.close();
  await rm(folder, { recursive: true, force: true });
});

/** Connects with given keys, sends, and tells whether the kernel's end heard it within a while. */
async function isHeard(keys: object, address: string, heard: Promise<unknown>): Promise<boolean> {
  const socket = new Dealer({ linger: 0, sendTimeout: 300, ...keys });
  try {
    socket.connect(address);
    await socket.send('hello').catch(() => undefined);
    return await Promise.race([heard.then(() => true), new Promise<boolean>((done) => setTimeout(done, 400, false))]);
  } finally {
    socket.close();
  }
}

test('a socket admits the one key that was made for it, and nothing else, and tells of it once [BUS-1, SEC-4]', async () => {
  const mine = await sockets.open('mine-1');
  const other = await sockets.open('other-1');
  const heard = Promise.withResolvers<void>();
  mine.link.receive(() => heard.resolve());
  const stranger = curveKeyPair();
  const { address, serverPublicKey, publicKey, secretKey } = mine.credentials;
  const wrong: [string, object][] = [
    ['no key', {}],
    [
      "a stranger's key",
      { curveServerKey: serverPublicKey, curvePublicKey: stranger.publicKey, curveSecretKey: stranger.secretKey },
    ],
    [
      "another plugin's key",
      {
        curveServerKey: serverPublicKey,
        curvePublicKey: other.credentials.publicKey,
        curveSecretKey: other.credentials.secretKey,
      },
    ],
    [
      'the wrong server key',
      { curveServerKey: stranger.publicKey, curvePublicKey: publicKey, curveSecretKey: secretKey },
    ],
  ];
  const outcomes = await Promise.all(
    wrong.map(async ([name, keys]) => [name, await isHeard(keys, address, heard.promise)]),
  );
  expect(outcomes).toEqual(wrong.map(([name]) => [name, false]));
  await expect.poll(() => refused).toEqual(['mine-1']);
  const right = { curveServerKey: serverPublicKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
  expect(await isHeard(right, address, heard.promise)).toBe(true);
});

test('a socket lies in a folder that only its user may enter, and both go when it closes [SEC-4]', async () => {
  const { link } = await sockets.open('mine-1');
  expect((await stat(join(folder, 'mine-1'))).mode & 0o777).toBe(0o700);
  await link.close();
  expect(await readdir(folder)).toEqual([]);
});
