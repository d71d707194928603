import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine } from '@aico/kernel/contracts';
import { type Manifest, RecordKind } from '@aico/schemas';
import type { InRecord, OutRecord } from '@aico/sdk/internal';
import ivm from 'isolated-vm';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { BusPort } from '../../src/child/bus-port.ts';
import type { HandOver } from '../../src/hand-over.ts';
import { GuestHost } from '../../src/isolated/guest-host.ts';

vi.setConfig({ testTimeout: 30_000 });
const PATIENCE = { timeout: 10_000 };
const GUEST = await readFile(join(import.meta.dirname, '../../dist/children/guest.js'), 'utf8');
const LIMITS = { memoryMb: 32, entryMs: 20_000, entryTimeoutMs: 20_000 };

/** The child's end of the bus without a socket, so that a test can say how full it is. */
class HandPort implements Pick<BusPort, 'send' | 'receive' | 'onDrained' | 'queuedBytes'> {
  readonly sent: OutRecord[] = [];
  queuedBytes = 0;
  deliver: (record: InRecord) => void | Promise<void> = () => {};
  drain: () => void = () => {};

  send(record: OutRecord): void {
    this.sent.push(record);
  }

  receive(handler: (record: InRecord) => void | Promise<void>): void {
    this.deliver = handler;
  }

  onDrained(handler: () => void): void {
    this.drain = handler;
  }
}

function open(code: string, limits: Partial<typeof LIMITS> = {}) {
  const port = new HandPort();
  const logs: LogLine[] = [];
  const ends: unknown[] = [];
  const host = new GuestHost({
    vm: ivm,
    guestCode: GUEST,
    port: port as unknown as BusPort,
    records: port,
    files: new Map([['index.js', new TextEncoder().encode(code)]]),
    limits: { ...LIMITS, ...limits },
    onLog: (line) => logs.push(line),
    onLimit: (cause) => ends.push(cause),
    onEnd: () => ends.push('end'),
  });
  const manifest = { id: 'guest', version: '1.0.0', main: './index.js' } as Manifest;
  const started = host.start({ manifest, grants: [], configuration: {} } as unknown as HandOver);
  started.catch(() => {});
  onTestFinished(() => host.close());
  return { port, logs, ends, started };
}

const lifecycle = (payload: unknown): InRecord => ({
  kind: RecordKind.lifecycle,
  correlation: 0,
  sequence: 0,
  time: 0,
  topic: '',
  header: '',
  payload: JSON.stringify(payload),
});

test('a guest activates, answers and ends over the bridge', async () => {
  const { port, logs, ends, started } = open(`export default {
    activate(ctx) { const loop = {}; loop.loop = loop; ctx.log.info('up', { id: ctx.id }); ctx.log.warn('round', loop); },
  }`);
  await started;
  await expect.poll(() => port.sent.at(-1)?.payload, PATIENCE).toBe('{"type":"active"}');
  await port.deliver(lifecycle({ type: 'ping', nonce: 4 }));
  await expect.poll(() => port.sent.at(-1)?.payload, PATIENCE).toBe('{"type":"pong","nonce":4}');
  await port.deliver(lifecycle({ type: 'deactivate', reason: 'x' }));
  await expect.poll(() => ends, PATIENCE).toEqual(['end']);
  expect(port.sent.at(-1)?.payload).toBe('{"type":"deactivated"}');
  expect(logs[0]).toEqual({ level: 'info', message: 'up', fields: { id: 'guest' } });
  expect(logs[1]?.fields?.['leftOut']).toMatch(/circular/);
});

test('a guest waits while the socket is behind, and is refused when it does not [PLG-3]', async () => {
  const { port, started } = open(`export default { activate(ctx) {
    for (let i = 0; i < 2000; i += 1) void ctx.bus.publish('plugin.guest.x.v1', { i }).catch(() => {});
  } }`);
  port.queuedBytes = 5 * 1024 * 1024;
  await started;
  await expect.poll(() => port.sent.length, PATIENCE).toBe(512);
  port.drain();
  await expect.poll(() => port.sent.length, PATIENCE).toBe(1_024);
  port.queuedBytes = 0;
  port.drain();
  await expect.poll(() => port.sent.length, PATIENCE).toBe(2_001);
});

test('a guest that never yields is over its limit, by the processor or by the clock on the wall [PLG-3]', async () => {
  const over = { kind: 'entry', used: expect.any(Number), overMs: expect.any(Number), held: false };
  const busy = open('for (;;) {} export default {}', { entryMs: 300 });
  await expect(busy.started).rejects.toThrow();
  expect(busy.ends).toEqual([over]);
  const waiting = open('for (;;) {} export default {}', { entryTimeoutMs: 300 });
  await expect(waiting.started).rejects.toThrow(/timed out/);
  expect(waiting.ends).toEqual([over]);
});

test('a guest that eats memory is over its limit [PLG-3]', async () => {
  const { ends, started } = open(`export default { activate() { const all = []; for (;;) all.push({ all }); } }`);
  await started;
  await expect.poll(() => ends[0], PATIENCE).toEqual({ kind: 'memory' });
});

test('code that is missing, broken or imports is refused with a code [PLG-6]', async () => {
  await expect(open(`import 'node:fs'; export default {}`).started).rejects.toMatchObject({
    code: 'SANDBOX_IMPORT_DENIED',
  });
  await expect(open('export default await new Promise(() => {})').started).rejects.toMatchObject({
    code: 'SANDBOX_CODE_INVALID',
  });
  await expect(open('nonsense here').started).rejects.toThrow(SyntaxError);
});
