import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { stubBridge } from '../support/stub-bridge.ts';

const { logs } = stubBridge();
const { GuestAbortController, GuestAbortSignal, GuestDomException } = await import('../../src/guest/abort.ts');

test('aborting tells every listener once, with the reason', () => {
  const controller = new GuestAbortController();
  const { signal } = controller;
  const heard: string[] = [];
  signal.onabort = () => heard.push('property');
  signal.addEventListener('abort', ({ target }) => heard.push(String(target.reason)));
  signal.addEventListener('abort', { handleEvent: () => heard.push('object') });
  const removed = (): number => heard.push('removed');
  signal.addEventListener('abort', removed);
  signal.removeEventListener('abort', removed);
  signal.addEventListener('other', () => heard.push('other'));
  controller.abort('enough');
  controller.abort('again');
  expect(heard).toEqual(['property', 'enough', 'object']);
  expect(() => signal.throwIfAborted()).toThrow('enough');
});

test('a listener that throws is told in the log, and keeps neither the others nor who aborts from going on', () => {
  const controller = new GuestAbortController();
  const heard: string[] = [];
  const fail = (name: string) => () => {
    heard.push(name);
    throw name;
  };
  controller.signal.onabort = fail('property');
  controller.signal.addEventListener('abort', fail('function'));
  controller.signal.addEventListener('abort', { handleEvent: fail('object') });
  controller.abort();
  expect(heard).toEqual(['property', 'function', 'object']);
  expect(logs.map(({ message }) => message)).toEqual(heard.map((name) => `a callback failed: ${name}`));
});

test('without a reason it is an AbortError', () => {
  const signal = GuestAbortSignal.abort();
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toBeInstanceOf(GuestDomException);
  expect((signal.reason as Error).name).toBe('AbortError');
});

test('a signal of several aborts with the first of them', () => {
  const first = new GuestAbortController();
  const any = GuestAbortSignal.any([new GuestAbortController().signal, first.signal]);
  expect(any.aborted).toBe(false);
  first.abort('first');
  expect(any.reason).toBe('first');
  expect(GuestAbortSignal.any([GuestAbortSignal.abort('already')]).reason).toBe('already');
});

test('a signal of several that is over is held by none of them', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const longLived = new GuestAbortController();
  const kept: WeakRef<object>[] = [];
  for (let at = 0; at < 100; at += 1) {
    const short = new GuestAbortController();
    kept.push(new WeakRef(GuestAbortSignal.any([longLived.signal, short.signal])));
    short.abort();
  }
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(kept.filter((each) => each.deref() !== undefined).length).toBeLessThan(10);
  longLived.abort();
});

test('a signal with a time aborts when it is over', async () => {
  const signal = GuestAbortSignal.timeout(5);
  const reason = await new Promise<Error>((resolve) => {
    signal.addEventListener('abort', () => resolve(signal.reason as Error));
  });
  expect(reason.name).toBe('TimeoutError');
});

test('a signal cannot be fired by who only holds it', () => {
  expect('fire' in GuestAbortSignal).toBe(false);
});
