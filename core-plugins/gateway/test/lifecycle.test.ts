import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestKernel } from '@aico/sdk-testing';
import { describe, expect, test } from 'vitest';
import gateway from '../src/index.ts';
import { Browser } from './support/browser.ts';
import { announcedUrl, CONVERSATION, MANIFEST, openHouse } from './support/house.ts';

const load = { manifest: MANIFEST, definition: gateway };

describe('the gateway’s life', () => {
  test('what comes before the application is loaded waits for it', async () => {
    await using kernel = await createTestKernel();
    await kernel.load({ ...load, configuration: { port: 0 } });
    const url = await announcedUrl(kernel);
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${url}/api/v1/health`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  });

  test('fails with the port and the fix when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await using kernel = await createTestKernel();
    await expect(kernel.load({ ...load, configuration: { port } })).rejects.toMatchObject({
      message: expect.stringContaining(`Port ${port} is in use by another program`),
    });
    other.close();
  });

  test('refuses to listen beyond this machine while there is no TLS [SEC-7]', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.org', '127.0.0.2', '']) {
      await using kernel = await createTestKernel();
      const failure = kernel.load({ ...load, configuration: { port: 0, host } });
      await expect(failure).rejects.toMatchObject({ message: expect.stringContaining('may not listen on') });
    }
    await using kernel = await createTestKernel();
    await kernel.load({ ...load, configuration: { port: 0, host: 'localhost' } });
    expect(await announcedUrl(kernel)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('ends gracefully: requests finish, sockets are told, the port is free [SVC-7]', async () => {
    await using house = await openHouse();
    const slow = await house.kernel.peer({ id: 'memory', permissions: [{ verb: 'serve', topic: 'memory.list.v1' }] });
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    await slow.bus.serve('memory.list.v1', async () => {
      begun.resolve();
      await finish.promise;
      return { memories: [], total: 0 };
    });
    const browser = await Browser.signedIn(house);
    const socket = await browser.connect();
    const asked = browser.ask('GET', '/api/v1/memories');
    await begun.promise;
    const unloaded = house.kernel.unload('gateway');
    expect(await socket.closed).toEqual({ code: 1001, reason: 'GATEWAY_STOPPING' });
    finish.resolve();
    expect(await asked).toMatchObject({ status: 200, body: { memories: [], total: 0 } });
    await unloaded;
    await expect(fetch(house.url)).rejects.toThrow();
  });

  test('ends in time even while a request hangs [SVC-7]', async () => {
    await using house = await openHouse();
    await house.chat.bus.serveStream('chat.turn.run.v1', () => new Promise(() => {}));
    const browser = await Browser.signedIn(house);
    const socket = await browser.connect();
    socket.send({ op: 'stream', id: 1, topic: 'chat.turn.run.v1', data: { conversation: CONVERSATION, text: 'Hi' } });
    socket.send({ op: 'ping' });
    await socket.next();
    const begin = performance.now();
    await house.kernel.unload('gateway');
    expect(performance.now() - begin).toBeLessThan(3_000);
  });
});
