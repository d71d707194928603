import { expect, test, vi } from 'vitest';
import { stubBridge } from '../support/stub-bridge.ts';

const bridge = stubBridge();
const { installGlobals, timers } = await import('../../src/guest/globals.ts');

interface Offered {
  readonly crypto: Pick<Crypto, 'randomUUID' | 'getRandomValues'>;
  readonly console: Console;
  readonly setTimeout: (handler: (...values: unknown[]) => void, milliseconds?: number, ...values: unknown[]) => number;
  readonly clearTimeout: (id: number) => void;
  readonly queueMicrotask: (handler: () => void) => void;
}

const global: Record<string, unknown> = {};
installGlobals(global);
const offered = global as unknown as Offered;

test('random values come from the host, as many as were asked for', () => {
  expect(offered.crypto.randomUUID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const words = offered.crypto.getRandomValues(new Uint32Array(64));
  expect(new Set(words).size).toBeGreaterThan(60);
  expect(() => offered.crypto.getRandomValues(new Uint8Array(65_537))).toThrow(RangeError);
});

test('the console writes to the log, whatever it is given', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  offered.console.log('text', 1, { a: [true] }, undefined);
  offered.console.warn(circle);
  offered.console.error(new Error('why'));
  offered.console.debug(() => 1);
  const [log, warn, error, debug] = bridge.logs.splice(0);
  expect(log).toEqual({ level: 'info', message: 'text 1 {"a":[true]} undefined', fields: undefined });
  expect(warn).toMatchObject({ level: 'warn', message: '[object Object]' });
  expect(error?.message).toMatch(/^Error: why\n/);
  expect(debug).toMatchObject({ level: 'debug' });
});

test('setTimeout passes its values on and clearTimeout undoes it', () => {
  const ran = vi.fn();
  offered.setTimeout(ran, 0, 'a', 2);
  offered.clearTimeout(offered.setTimeout(ran, 0));
  timers.wake(() => {});
  expect(ran.mock.calls).toEqual([['a', 2]]);
});

test('what a microtask throws goes to the log', async () => {
  offered.queueMicrotask(() => {
    throw new Error('in a microtask');
  });
  await expect.poll(() => bridge.logs[0]?.message).toMatch(/^a callback failed: Error: in a microtask/);
});
