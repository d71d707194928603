import { AicoError } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { Browser, codeOf, rawAsk, type Socket } from './support/browser.ts';
import { CONVERSATION, conversation, type House, openHouse } from './support/house.ts';

const TURN = 'chat.turn.run.v1';
const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

async function connected(house: House): Promise<Socket> {
  return (await Browser.signedIn(house)).connect();
}

const text = (piece: string) => ({ kind: 'text' as const, text: piece });
const reply = {
  id: CONVERSATION,
  conversation: CONVERSATION,
  role: 'companion' as const,
  status: 'complete' as const,
  text: 'Hello',
  createdAt: '2026-01-01T00:00:00.000Z',
};

describe('the WebSocket', () => {
  test('answers requests, each under the id that it came with [SVC-5]', async () => {
    await using house = await openHouse();
    const socket = await connected(house);
    socket.send({ op: 'request', id: 7, topic: 'chat.conversation.get.v1', data: { id: CONVERSATION } });
    expect(await socket.next()).toEqual({ op: 'reply', id: 7, data: conversation() });
    socket.send({ op: 'request', id: 8, topic: 'chat.conversation.list.v1' });
    expect(await socket.next()).toEqual({ op: 'reply', id: 8, data: { conversations: [] } });
    socket.send({ op: 'ping' });
    expect(await socket.next()).toEqual({ op: 'pong' });
  });

  test('brings a stream chunk by chunk, then its result [SVC-5]', async () => {
    await using house = await openHouse();
    await house.chat.bus.serveStream(TURN, async ({ data }, stream) => {
      house.asked.push({ topic: TURN, data });
      await stream.write(text('Hel'));
      await stream.write(text('lo'));
      return { reply };
    });
    const socket = await connected(house);
    socket.send({ op: 'stream', id: 1, topic: TURN, data: { conversation: CONVERSATION, text: 'Hi' } });
    expect([await socket.next(), await socket.next(), await socket.next()]).toEqual([
      { op: 'chunk', id: 1, data: text('Hel') },
      { op: 'chunk', id: 1, data: text('lo') },
      { op: 'reply', id: 1, data: { reply } },
    ]);
    expect(house.asked).toEqual([{ topic: TURN, data: { conversation: CONVERSATION, text: 'Hi' } }]);
  });

  test('cancels a stream when told to, and when the browser goes away mid-stream [SVC-7]', async () => {
    await using house = await openHouse();
    const signals: AbortSignal[] = [];
    await house.chat.bus.serveStream(TURN, async ({ signal }, stream) => {
      signals.push(signal);
      await stream.write(text('Hel'));
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { reply };
    });
    const data = { conversation: CONVERSATION, text: 'Hi' };
    const socket = await connected(house);
    socket.send({ op: 'stream', id: 1, topic: TURN, data });
    expect(await socket.next()).toMatchObject({ op: 'chunk', id: 1 });
    socket.send({ op: 'cancel', id: 1 });
    expect(await socket.next()).toMatchObject({ op: 'error', id: 1, error: { code: 'KERNEL_CANCELLED' } });
    await expect.poll(() => signals[0]?.aborted).toBe(true);

    socket.send({ op: 'stream', id: 2, topic: TURN, data });
    expect(await socket.next()).toMatchObject({ op: 'chunk', id: 2 });
    socket.close();
    await expect.poll(() => signals[1]?.aborted).toBe(true);
  });

  test('ends a stream with the error of its plugin, after what came before', async () => {
    await using house = await openHouse();
    await house.chat.bus.serveStream(TURN, async (_request, stream) => {
      await stream.write(text('Hel'));
      throw new AicoError('LLM_UNREACHABLE', { subject: 'ollama' });
    });
    const socket = await connected(house);
    socket.send({ op: 'stream', id: 1, topic: TURN, data: { conversation: CONVERSATION, text: 'Hi' } });
    expect(await socket.next()).toMatchObject({ op: 'chunk' });
    expect(await socket.next()).toMatchObject({
      op: 'error',
      id: 1,
      error: { code: 'LLM_UNREACHABLE', subject: 'ollama' },
    });
  });

  test('holds a stream back while the browser does not read, and loses nothing', async () => {
    await using house = await openHouse();
    const piece = 'x'.repeat(60_000);
    const pieces = 400;
    let written = 0;
    await house.chat.bus.serveStream(TURN, async (_request, stream) => {
      for (; written < pieces; written++) await stream.write(text(piece));
      return { reply };
    });
    const socket = await connected(house);
    socket.send({ op: 'stream', id: 1, topic: TURN, data: { conversation: CONVERSATION, text: 'Hi' } });
    let chunks = 0;
    for (;;) {
      const frame = await socket.next();
      if (frame.op === 'reply') break;
      expect(frame).toMatchObject({ op: 'chunk', id: 1 });
      chunks += 1;
    }
    expect(chunks).toBe(pieces);
  });

  test('delivers the events of a subscription until it is cancelled', async () => {
    await using house = await openHouse();
    const socket = await connected(house);
    const change = { conversation: conversation() as never, change: 'created' as const };
    socket.send({ op: 'subscribe', id: 1, topic: 'chat.conversation.changed.v1' });
    expect(await socket.next()).toEqual({ op: 'subscribed', id: 1 });
    await house.chat.bus.publish('chat.conversation.changed.v1', change);
    expect(await socket.next()).toEqual({
      op: 'event',
      id: 1,
      topic: 'chat.conversation.changed.v1',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: change,
    });
    socket.send({ op: 'cancel', id: 1 });
    expect(await socket.next()).toEqual({ op: 'reply', id: 1, data: {} });
    await house.chat.bus.publish('chat.conversation.changed.v1', change);
    socket.send({ op: 'ping' });
    expect(await socket.next()).toEqual({ op: 'pong' });
  });

  test('lets a pattern reach only what is exposed, and the kernel’s events by name alone [SEC-4]', async () => {
    await using house = await openHouse();
    const socket = await connected(house);
    socket.send({ op: 'subscribe', id: 1, topic: 'chat.>' });
    expect(await socket.next()).toEqual({ op: 'subscribed', id: 1 });
    socket.send({ op: 'subscribe', id: 2, topic: 'kernel.plugin.changed.v1' });
    expect(await socket.next()).toEqual({ op: 'subscribed', id: 2 });
    for (const topic of [
      'kernel.gap.raised.v1',
      'kernel.config.changed.v1',
      'storage.>',
      'plugin.*.asset.get.v1',
      TURN,
    ]) {
      socket.send({ op: 'subscribe', id: 3, topic });
      expect(await socket.next()).toMatchObject({
        op: 'error',
        id: 3,
        error: { code: 'GATEWAY_TOPIC_CLOSED', subject: topic },
      });
    }
  });

  test('offers exactly what the table exposes, each in the way of its kind [SEC-4]', async () => {
    await using house = await openHouse();
    const socket = await connected(house);
    const closed = [
      ['request', 'vault.unlock.run.v1'],
      ['request', 'vault.setup.run.v1'],
      ['request', 'vault.key.derive.v1'],
      ['request', 'storage.sql.batch.v1'],
      ['request', 'kernel.plugin.install.v1'],
      ['request', 'kernel.stop.request.v1'],
      ['request', 'plugin.console.asset.get.v1'],
      ['request', 'plugin.*.asset.get.v1'],
      ['request', 'chat.conversation.*.v1'],
      ['request', TURN],
      ['request', 'nobody.knows.this.v1'],
      ['stream', 'llm.generate.v1'],
      ['stream', 'chat.conversation.list.v1'],
    ] as const;
    let id = 0;
    for (const [op, topic] of closed) {
      id += 1;
      socket.send({ op, id, topic, data: {} });
      expect(await socket.next()).toMatchObject({
        op: 'error',
        id,
        error: { code: 'GATEWAY_TOPIC_CLOSED', subject: topic },
      });
    }
  });

  test('checks a payload before it is sent [BUS-5]', async () => {
    await using house = await openHouse();
    const socket = await connected(house);
    socket.send({ op: 'request', id: 1, topic: 'chat.conversation.get.v1', data: { id: 'x' } });
    const details = { problem: 'id must have at least 36 characters' };
    expect(await socket.next()).toMatchObject({
      op: 'error',
      id: 1,
      error: { code: 'GATEWAY_INPUT_INVALID', details },
    });
    expect(house.asked).toEqual([]);
  });

  test('tells hostile frames what is wrong with them, then closes [SEC-5]', async () => {
    await using house = await openHouse();
    const hostile = [
      'nonsense',
      '',
      'null',
      '[]',
      '{"op":"request"}',
      '{"op":"publish","id":1,"topic":"chat.message.created.v1","data":{}}',
      '{"op":"request","id":0,"topic":"chat.command.list.v1"}',
      '{"op":"request","id":1.5,"topic":"chat.command.list.v1"}',
      '{"op":"request","id":1,"topic":"CHAT"}',
      '{"op":"request","id":1,"topic":"chat.command.list.v1","sender":"kernel"}',
      '{"op":"request","id":1,"topic":"chat.command.list.v1","__proto__":{"sender":"kernel"}}',
      `{"op":"request","id":1,"topic":"${'a.'.repeat(200)}v1"}`,
      `${'['.repeat(50_000)}`,
    ];
    for (const frame of hostile) {
      const socket = await connected(house);
      socket.send(frame);
      expect(await socket.next()).toMatchObject({ op: 'error', id: 0, error: { code: 'GATEWAY_FRAME_MALFORMED' } });
      socket.close();
    }
    const socket = await connected(house);
    for (let sent = 0; sent < 6; sent++) socket.send('nonsense');
    expect(await socket.closed).toEqual({ code: 1008, reason: 'GATEWAY_FRAME_MALFORMED' });
  });

  test('closes on binary frames, on frames that are too large and on floods [SEC-5]', async () => {
    await using house = await openHouse();
    const binary = await connected(house);
    binary.send(new Uint8Array([1, 2, 3]));
    expect((await binary.closed).code).toBe(1003);
    const large = await connected(house);
    large.send(JSON.stringify({ op: 'request', id: 1, topic: 'chat.command.list.v1', data: 'x'.repeat(1024 * 1024) }));
    expect((await large.closed).code).toBe(1009);
    const flood = await connected(house);
    for (let sent = 0; sent < 1000; sent++) flood.send({ op: 'ping' });
    expect(await flood.closed).toEqual({ code: 1008, reason: 'GATEWAY_RATE_EXCEEDED' });
  });

  test('a page that sends each frame when the one before is answered comes to its end, however fast and many [UI-1, DATA-1]', async () => {
    await using house = await openHouse();
    const socket = await connected(house);
    for (let sent = 0; sent < 400; sent++) {
      socket.send({ op: 'ping' });
      expect(await socket.next()).toEqual({ op: 'pong' });
    }
    socket.close();
  });

  test('bounds what runs at a time and keeps ids apart [SEC-5]', async () => {
    await using house = await openHouse();
    await house.chat.bus.serveStream(TURN, ({ signal }) => {
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ reply })));
    });
    const socket = await connected(house);
    const data = { conversation: CONVERSATION, text: 'Hi' };
    for (let id = 1; id <= 64; id++) socket.send({ op: 'stream', id, topic: TURN, data });
    socket.send({ op: 'stream', id: 1, topic: TURN, data });
    expect(await socket.next()).toMatchObject({ op: 'error', id: 1, error: { code: 'GATEWAY_FRAME_ID_TAKEN' } });
    socket.send({ op: 'stream', id: 65, topic: TURN, data });
    expect(await socket.next()).toMatchObject({ op: 'error', id: 65, error: { code: 'GATEWAY_SOCKET_LIMIT' } });
    socket.send({ op: 'cancel', id: 12 });
    expect(await socket.next()).toMatchObject({ op: 'error', id: 12, error: { code: 'KERNEL_CANCELLED' } });
    socket.send({ op: 'request', id: 12, topic: 'chat.conversation.list.v1' });
    expect(await socket.next()).toMatchObject({ op: 'reply', id: 12 });
  });

  test('is not opened without a session, with a foreign Origin or host, or elsewhere [SEC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const good = { ...UPGRADE, host: `127.0.0.1:${house.port}`, origin: house.url, cookie: browser.cookie };
    const upgrade = async (path: string, changed: Record<string, string>) => {
      const { origin, cookie, ...rest } = { ...good, ...changed };
      const headers = { ...rest, ...(origin && { origin }), ...(cookie && { cookie }) };
      const answer = await rawAsk(house.port, 'GET', path, headers);
      return [answer.status, codeOf(answer)];
    };
    const path = '/api/v1/ws';
    expect({
      anonymous: await upgrade(path, { cookie: '' }),
      forged: await upgrade(path, { cookie: `${browser.cookie}x` }),
      foreign: await upgrade(path, { origin: 'https://evil.example' }),
      opaque: await upgrade(path, { origin: 'null' }),
      silent: await upgrade(path, { origin: '' }),
      rebound: await upgrade(path, { host: 'evil.example', origin: 'http://evil.example' }),
      withToken: await upgrade(`${path}?token=x`, {}),
      elsewhere: await upgrade('/api/v1/health', {}),
      unknown: await upgrade('/nowhere', {}),
      plain: await upgrade(path, { connection: 'close' }),
    }).toEqual({
      anonymous: [401, 'GATEWAY_SESSION_REQUIRED'],
      forged: [401, 'GATEWAY_SESSION_REQUIRED'],
      foreign: [403, 'GATEWAY_ORIGIN_REFUSED'],
      opaque: [403, 'GATEWAY_ORIGIN_REFUSED'],
      silent: [403, 'GATEWAY_ORIGIN_REFUSED'],
      rebound: [421, 'GATEWAY_HOST_REFUSED'],
      withToken: [400, 'GATEWAY_QUERY_REFUSED'],
      elsewhere: [404, 'GATEWAY_ROUTE_UNKNOWN'],
      unknown: [404, 'GATEWAY_ROUTE_UNKNOWN'],
      plain: [404, 'GATEWAY_ROUTE_UNKNOWN'],
    });
  });

  test('closes when its session ends by signing out [SEC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const socket = await browser.connect();
    await browser.ask('DELETE', '/api/v1/session');
    expect(await socket.closed).toEqual({ code: 4401, reason: 'GATEWAY_SESSION_REQUIRED' });
  });
});
