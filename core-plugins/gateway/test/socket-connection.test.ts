import type { BusStream, Log, Message, ServerFrame, Undo } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import type { AnyBus } from '../src/any-bus.ts';
import { EventHub } from '../src/socket/event-hub.ts';
import { FrameBudget } from '../src/socket/frame-budget.ts';
import { SocketConnection } from '../src/socket/socket-connection.ts';

const MIB = 1024 * 1024;
const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const TURN = { op: 'stream', id: 1, topic: 'chat.turn.run.v1', data: { conversation: crypto.randomUUID() } } as const;

/** A socket whose other side reads only when the test says so. */
function createSocket() {
  const frames: ServerFrame[] = [];
  const waiting: (() => void)[] = [];
  const socket = {
    bufferedAmount: 0,
    closedWith: undefined as number | undefined,
    rest: () => {},
    send: (text: string, sent: () => void) => {
      frames.push(JSON.parse(text) as ServerFrame);
      waiting.push(sent);
    },
    close: (code: number) => {
      socket.closedWith = code;
    },
  };
  const read = (): void => {
    socket.bufferedAmount = 0;
    for (const sent of waiting.splice(0)) sent();
  };
  return { socket, frames, read };
}

/** A bus that streams numbers for as long as it is asked to. */
function createBus() {
  const taken = { count: 0, subscriptions: 0 };
  let deliver: (message: Message<unknown>) => void = () => {};
  const bus: AnyBus = {
    request: () => Promise.reject(new Error('nobody')),
    stream: (): BusStream<unknown, unknown> => ({
      result: Promise.resolve({}),
      cancel: () => {},
      async *[Symbol.asyncIterator]() {
        for (; taken.count < 20; taken.count++) yield taken.count;
      },
    }),
    subscribe: async (_topic, handler): Promise<Undo> => {
      taken.subscriptions += 1;
      deliver = handler;
      return async () => {};
    },
  };
  return { bus, taken, deliver: (message: Message<unknown>) => deliver(message) };
}

function connect(bus: AnyBus, socket: ReturnType<typeof createSocket>['socket'], useSession = () => true) {
  const hub = new EventHub(bus);
  return new SocketConnection({ socket, bus, hub, log, now: () => 0, useSession, startTrace: () => ({}) });
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

const EVENT: Message<unknown> = {
  id: 'x/1',
  topic: 'chat.message.created.v1',
  time: new Date(0),
  sender: 'chat',
  incarnation: 'x',
  grant: {},
  data: {},
};

describe('a connection', () => {
  test('reads no further from a stream while its socket is full, and goes on when it is not', async () => {
    const { socket, frames, read } = createSocket();
    const { bus, taken } = createBus();
    socket.bufferedAmount = 2 * MIB;
    connect(bus, socket).receive(JSON.stringify(TURN));
    await settle();
    expect([frames.length, taken.count]).toEqual([1, 0]);
    read();
    await settle();
    expect(frames.length).toBe(21);
    expect(frames.at(-1)).toEqual({ op: 'reply', id: 1, data: {} });
  });

  test('is given up when events pile up in it', async () => {
    const { socket, frames } = createSocket();
    const { bus, deliver } = createBus();
    connect(bus, socket).receive(JSON.stringify({ op: 'subscribe', id: 1, topic: 'chat.message.created.v1' }));
    await settle();
    expect(frames).toEqual([{ op: 'subscribed', id: 1 }]);
    deliver(EVENT);
    socket.bufferedAmount = 9 * MIB;
    deliver(EVENT);
    deliver(EVENT);
    expect([frames.length, socket.closedWith]).toEqual([2, 1013]);
  });

  test('runs nothing once its session has ended [SEC-5]', async () => {
    const { socket, frames } = createSocket();
    const { bus, taken } = createBus();
    connect(bus, socket, () => false).receive(JSON.stringify(TURN));
    await settle();
    expect([frames, taken.count, socket.closedWith]).toEqual([[], 0, 4401]);
  });

  test('says nothing of the inside when the gateway itself fails', async () => {
    const { socket, frames } = createSocket();
    connect(createBus().bus, socket).receive(JSON.stringify({ op: 'request', id: 1, topic: 'chat.command.list.v1' }));
    await settle();
    expect(frames).toMatchObject([{ op: 'error', id: 1, error: { code: 'GATEWAY_FAILED' } }]);
    expect(JSON.stringify(frames)).not.toContain('nobody');
  });
});

describe('the event hub', () => {
  test('subscribes each topic once for all sockets, and asks again after a refusal', async () => {
    const { bus, taken, deliver } = createBus();
    let isRefused = true;
    const hub = new EventHub({
      subscribe: (topic, handler) => (isRefused ? Promise.reject(new Error('no')) : bus.subscribe(topic, handler)),
    });
    const { signal } = new AbortController();
    await expect(hub.listen(EVENT.topic, () => {}, signal)).rejects.toThrow('no');
    isRefused = false;
    const heard: string[] = [];
    const first = new AbortController();
    await hub.listen(EVENT.topic, () => heard.push('first'), first.signal);
    await hub.listen(EVENT.topic, () => heard.push('second'), signal);
    deliver(EVENT);
    first.abort();
    deliver(EVENT);
    expect([taken.subscriptions, heard]).toEqual([1, ['first', 'second', 'second']]);
  });
});

describe('the frame budget', () => {
  test('lets a burst through, then so many a second, and says how long to rest [SEC-5]', () => {
    let time = 0;
    const budget = new FrameBudget(() => time, 3, 2);
    const take = (times: number) => Array.from({ length: times }, () => budget.take());
    expect(take(4)).toEqual([0, 0, 0, 500]);
    time = 1000;
    expect(take(2)).toEqual([0, 500]);
    time = 60_000;
    expect(take(4)).toEqual([0, 0, 0, 500]);
  });

  test('holds up no longer who rests when told to, and is over for who sends a burst more all the same [SEC-5]', () => {
    let time = 0;
    const budget = new FrameBudget(() => time, 3, 2);
    for (let sent = 0; sent < 1000; sent += 1) time += budget.take() ?? Number.NaN;
    expect(time).toBe(997 * 500);
    expect(Array.from({ length: 4 }, () => budget.take())).toEqual([500, 1000, 1500, undefined]);
  });
});
