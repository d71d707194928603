import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Link, PeerCredentials } from '@aico/kernel/contracts';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { RecordKind } from '@aico/schemas';
import { decodeFrame, encodeFrame, encodeRecord, type WireRecord } from '@aico/schemas/wire';
import type { InRecord } from '@aico/sdk/internal';
import { expect, onTestFinished, test } from 'vitest';
import { type ClientPort, connectRecordPort } from '../src/client.ts';

interface Line {
  readonly link: Link;
  readonly credentials: PeerCredentials;
  readonly port: ClientPort;
  readonly frames: WireRecord[][];
}

async function openLine(): Promise<Line> {
  const folder = await mkdtemp(join(tmpdir(), 'aico-'));
  const sockets = new ZmqPeerSockets(folder);
  const { link, credentials } = await sockets.open('peer-1');
  const frames: WireRecord[][] = [];
  link.receive((frame) => {
    frames.push(decodeFrame(frame));
  });
  const port = await connectRecordPort('peer', credentials);
  onTestFinished(async () => {
    await port.close();
    await sockets.close();
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  });
  return { link, credentials, port, frames };
}

test('what is sent in one turn travels in one frame, in order', async () => {
  const { port, frames } = await openLine();
  for (let correlation = 1; correlation <= 100; correlation += 1) {
    port.send({ kind: RecordKind.publish, correlation, topic: 'a.v1', payload: '{"ä":1}' });
  }
  await expect.poll(() => frames.length).toBe(1);
  expect(frames[0]?.map(({ correlation }) => correlation)).toEqual([...Array(100).keys()].map((place) => place + 1));
  expect(Buffer.from(frames[0]?.[0]?.payload ?? []).toString()).toBe('{"ä":1}');
});

test('a frame stays small unless one record alone is larger', async () => {
  const { port, frames } = await openLine();
  for (const size of [25_000, 25_000, 25_000, 100_000, 10]) {
    port.send({ kind: RecordKind.publish, correlation: size, topic: 'a.v1', payload: 'x'.repeat(size) });
  }
  await expect.poll(() => frames.flat().length).toBe(5);
  expect(frames.map((records) => records.length)).toEqual([2, 1, 1, 1]);
});

test('a receiver that answers with a promise is waited for', async () => {
  const { link, port } = await openLine();
  const seen: InRecord[] = [];
  const gate = Promise.withResolvers<void>();
  port.receive((record) => {
    seen.push(record);
    return gate.promise as unknown as undefined;
  });
  const record = (correlation: number): Uint8Array =>
    encodeRecord({
      kind: RecordKind.deliver,
      correlation,
      sequence: 3,
      time: 4,
      topic: 'b.v1',
      payload: Buffer.from('2'),
    });
  await link.send(encodeFrame([record(1), record(2)]));
  await expect.poll(() => seen.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(seen).toEqual([
    { kind: RecordKind.deliver, correlation: 1, sequence: 3, time: 4, topic: 'b.v1', header: '', payload: '2' },
  ]);
  gate.resolve();
  await expect.poll(() => seen.length).toBe(2);
});

test('close waits until the last record has left', async () => {
  const { credentials, port, frames } = await openLine();
  const payload = 'x'.repeat(200_000);
  for (let correlation = 0; correlation < 50; correlation += 1)
    port.send({ kind: 1, correlation, topic: 'a.v1', payload });
  await port.close();
  await port.close();
  await expect.poll(() => frames.flat().length).toBe(50);
  expect(credentials.secretKey).toHaveLength(40);
});
