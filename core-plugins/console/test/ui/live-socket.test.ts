import { describe, expect, onTestFinished, test } from 'vitest';
import { type LinkState, LiveSocket, type Verdict } from '../../ui/src/api/live-socket.ts';
import { GatewayStandIn } from '../support/gateway-stand-in.ts';

interface Opened {
  readonly gateway: GatewayStandIn;
  readonly socket: LiveSocket;
  readonly states: LinkState[];
}

async function open(beforeReconnect: () => Promise<Verdict> = async () => 'connect'): Promise<Opened> {
  const gateway = await GatewayStandIn.start();
  const states: LinkState[] = [];
  const socket = new LiveSocket({
    url: gateway.socketUrl,
    beforeReconnect,
    onState: (state) => states.push(state),
    delayMs: () => 20,
  });
  onTestFinished(() => socket.stop());
  socket.start();
  await expect.poll(() => socket.state).toBe('open');
  return { gateway, socket, states };
}

describe('a request', () => {
  test('gets the answer with its own id [SVC-5]', async () => {
    const { gateway, socket } = await open();
    gateway.onFrame = (frame, send) => {
      if (frame.op === 'request')
        send({ op: 'reply', id: frame.id, data: { forgotten: frame.topic === 'memory.forget.v1' } });
    };
    await expect(socket.request('memory.forget.v1', { id: 'm' })).resolves.toEqual({ forgotten: true });
  });

  test('fails with the typed error of the server [UI-2]', async () => {
    const { gateway, socket } = await open();
    const error = { code: 'CHAT_CONVERSATION_UNKNOWN', message: 'Gone.', fix: 'Open another.' };
    gateway.onFrame = (frame, send) => frame.op === 'request' && send({ op: 'error', id: frame.id, error });
    await expect(socket.request('chat.conversation.get.v1', { id: 'c' })).rejects.toMatchObject({ report: error });
  });

  test('that nobody answers in time says that AICO is away, and is cancelled there', async () => {
    const { gateway, socket } = await open();
    await expect(socket.request('llm.status.get.v1', {}, { timeoutMs: 60 })).rejects.toMatchObject({
      code: 'CONSOLE_DAEMON_AWAY',
    });
    await expect.poll(() => gateway.received.at(-1)).toEqual({ op: 'cancel', id: 1 });
  });

  test('made while the connection is down waits for it', async () => {
    const { gateway, socket, states } = await open();
    gateway.onFrame = (frame, send) =>
      frame.op === 'request' && send({ op: 'reply', id: frame.id, data: { commands: [] } });
    gateway.cut();
    await expect.poll(() => states.includes('away')).toBe(true);
    await expect(socket.request('chat.command.list.v1', {})).resolves.toEqual({ commands: [] });
  });
});

describe('what is asked while nobody is at the page', () => {
  test('says so, and what is asked once somebody is back does not [SEC-5]', async () => {
    const gateway = await GatewayStandIn.start();
    let isAttended = false;
    const socket = new LiveSocket({
      ...{ url: gateway.socketUrl, beforeReconnect: async () => 'stop', onState: () => undefined },
      isAttended: () => isAttended,
    });
    onTestFinished(() => socket.stop());
    gateway.onFrame = (frame, send) => frame.op === 'request' && send({ op: 'reply', id: frame.id, data: {} });
    socket.start();
    await socket.request('llm.status.get.v1', {});
    socket.subscribe('vault.state.changed.v1', () => undefined);
    isAttended = true;
    await socket.request('llm.status.get.v1', {});
    expect(gateway.received).toMatchObject([
      { op: 'request', unattended: true },
      { op: 'subscribe', unattended: true },
      { op: 'request' },
    ]);
    expect(gateway.received.at(-1)).not.toHaveProperty('unattended');
  });
});

describe('a stream', () => {
  test('gives its pieces in order, then its result', async () => {
    const { gateway, socket } = await open();
    gateway.onFrame = (frame, send) => {
      if (frame.op !== 'stream') return;
      for (const text of ['a', 'b', 'c']) send({ op: 'chunk', id: frame.id, data: { kind: 'text', text } });
      send({ op: 'reply', id: frame.id, data: { reply: { id: 'r' } } });
    };
    const pieces: unknown[] = [];
    const { result } = socket.stream('chat.turn.run.v1', { conversation: 'c', text: 'Hi' }, (chunk) =>
      pieces.push(chunk),
    );
    await expect(result).resolves.toEqual({ reply: { id: 'r' } });
    expect(pieces).toEqual(['a', 'b', 'c'].map((text) => ({ kind: 'text', text })));
  });

  test('fails when the connection is cut, so that the half reply can be told apart', async () => {
    const { gateway, socket } = await open();
    const { result } = socket.stream('chat.turn.run.v1', { conversation: 'c', text: 'Hi' }, () => undefined);
    const failed = expect(result).rejects.toMatchObject({ code: 'CONSOLE_DAEMON_AWAY' });
    await expect.poll(() => gateway.received.length).toBe(1);
    gateway.cut();
    await failed;
  });

  test('that is cancelled says so to both sides', async () => {
    const { gateway, socket } = await open();
    const stream = socket.stream('chat.turn.run.v1', { conversation: 'c', text: 'Hi' }, () => undefined);
    const failed = expect(stream.result).rejects.toMatchObject({ code: 'KERNEL_CANCELLED' });
    stream.cancel();
    await failed;
    await expect.poll(() => gateway.received.at(-1)).toEqual({ op: 'cancel', id: 1 });
  });
});

describe('a subscription', () => {
  const event = (id: number, state: 'locked' | 'unlocked') =>
    ({ op: 'event', id, topic: 'vault.state.changed.v1', time: '2026-11-23T08:00:00.000Z', data: { state } }) as const;

  test('is renewed after every loss of the connection, until it is undone [SVC-5]', async () => {
    const { gateway, socket, states } = await open();
    const seen: string[] = [];
    const undo = socket.subscribe('vault.state.changed.v1', ({ state }) => seen.push(state));
    await expect.poll(() => gateway.received.length).toBe(1);
    gateway.say(event(1, 'locked'));
    await expect.poll(() => seen).toEqual(['locked']);

    gateway.cut();
    await expect.poll(() => gateway.received.length).toBe(2);
    gateway.say(event(2, 'unlocked'));
    await expect.poll(() => seen).toEqual(['locked', 'unlocked']);
    expect(states).toEqual(['connecting', 'open', 'away', 'open']);

    undo();
    await expect.poll(() => gateway.received.at(-1)).toEqual({ op: 'cancel', id: 2 });
  });
});

describe('a lost connection', () => {
  test('is tried again until the daemon answers', async () => {
    let asked = 0;
    const { gateway, socket } = await open(async () => (++asked < 3 ? 'wait' : 'connect'));
    gateway.cut();
    await expect.poll(() => socket.state).toBe('away');
    await expect.poll(() => socket.state).toBe('open');
    expect(asked).toBe(3);
  });

  test('is let go when the session is over', async () => {
    const { gateway, socket, states } = await open(async () => 'stop');
    gateway.cut();
    await expect.poll(() => socket.state).toBe('closed');
    expect(states).toEqual(['connecting', 'open', 'away', 'closed']);
    await expect(socket.request('llm.status.get.v1', {})).rejects.toMatchObject({ code: 'CONSOLE_DAEMON_AWAY' });
  });

  test('does not come back after it was stopped on purpose', async () => {
    const { socket, states } = await open();
    socket.stop();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(states).toEqual(['connecting', 'open', 'closed']);
  });
});

test('frames that are none are passed over', async () => {
  const { gateway, socket } = await open();
  gateway.onFrame = (frame, send) => {
    if (frame.op !== 'request') return;
    for (const peer of gateway.sockets) for (const rubbish of ['{', '[]', '{"op":"x"}', 'null']) peer.send(rubbish);
    send({ op: 'reply', id: frame.id, data: { commands: [] } });
  };
  await expect(socket.request('chat.command.list.v1', {})).resolves.toEqual({ commands: [] });
});
