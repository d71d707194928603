import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { curveKeyPair, Dealer } from 'zeromq';
import { curveClient, curveServer, decodeZ85, encodeZ85 } from '../src/index.ts';
import { endOf, makeKeys } from './pair.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'aico-zmtp-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const SIZES = [0, 1, 200, 255, 256, 70_000, 900_000];
const messages = SIZES.map((size, at) => Buffer.alloc(size, at + 65));

test.skipIf(process.platform === 'win32')("libzmq's own client speaks with this server [BUS-1]", async () => {
  const path = join(await folder(), 'bus');
  const keys = makeKeys();
  const ends: ReturnType<typeof endOf>[] = [];
  const server = createServer((socket) => ends.push(endOf(socket, curveServer(keys.server, keys.client.publicKey))));
  await once(server.listen(path), 'listening');
  const dealer = new Dealer({
    linger: 0,
    curveServerKey: encodeZ85(keys.server.publicKey),
    curvePublicKey: encodeZ85(keys.client.publicKey),
    curveSecretKey: encodeZ85(keys.client.secretKey),
  });
  onTestFinished(() => {
    dealer.close();
    server.close();
  });
  dealer.connect(`ipc://${path}`);
  for (const message of messages) await dealer.send(message);
  await expect.poll(() => ends[0]?.messages.length).toBe(SIZES.length);
  expect(ends[0]?.messages.every((message, at) => message.equals(messages[at] as Buffer))).toBe(true);
  for (const message of messages) await ends[0]?.connection.send(message);
  for (const message of messages) expect((await dealer.receive())[0]?.equals(message)).toBe(true);
});

test.skipIf(process.platform === 'win32')("this client speaks with libzmq's own server [BUS-1]", async () => {
  const path = join(await folder(), 'bus');
  const [theirs, mine] = [curveKeyPair(), curveKeyPair()];
  const dealer = new Dealer({ linger: 0, curveServer: true, curveSecretKey: theirs.secretKey });
  onTestFinished(() => dealer.close());
  await dealer.bind(`ipc://${path}`);
  const mechanism = curveClient({
    serverPublicKey: decodeZ85(theirs.publicKey),
    publicKey: decodeZ85(mine.publicKey),
    secretKey: decodeZ85(mine.secretKey),
  });
  const end = endOf(connect(path), mechanism);
  await end.ready;
  for (const message of messages) await end.connection.send(message);
  for (const message of messages) expect((await dealer.receive())[0]?.equals(message)).toBe(true);
  for (const message of messages) await dealer.send(message);
  await expect.poll(() => end.messages.length).toBe(SIZES.length);
  expect(end.messages.every((message, at) => message.equals(messages[at] as Buffer))).toBe(true);
  end.connection.destroy();
});

test('keys in text are those that libzmq reads and writes', () => {
  const { publicKey } = curveKeyPair();
  expect(encodeZ85(decodeZ85(publicKey))).toBe(publicKey);
  // The example of RFC 32.
  expect(encodeZ85(Buffer.from('864fd26fb559f75b', 'hex'))).toBe('HelloWorld');
});
