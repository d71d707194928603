import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { HttpChunk } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { ALL_LOCAL, errorOf, loadNetwork } from './support/load-network.ts';
import { startRaw, startSecureWeb, startWeb } from './support/web-server.ts';

const NAMES = {
  'good.test': ['127.0.0.1'],
  'other.test': ['127.0.0.1'],
  'bad.test': ['127.0.0.1'],
  'six.test': ['::1'],
};

async function plugin(constraints = {}) {
  const network = await loadNetwork(NAMES);
  return { network, ...(await network.plugin({ ...ALL_LOCAL, ...constraints })) };
}

describe('what is granted works as on the web', () => {
  test('https, with the name and the certificate of the host', async () => {
    const server = await startSecureWeb((request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'x-one': 'a', 'set-cookie': 'a=b', via: 'me' });
      response.end(JSON.stringify({ host: request.headers.host, agent: request.headers['user-agent'] }));
    });
    const { fetch, network } = await plugin({ allowHttp: false });
    const url = `https://good.test:${server.port}/path?query=private#part`;
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    expect([response.status, response.ok, response.redirected]).toEqual([201, true, false]);
    expect(response.url).toBe(`https://good.test:${server.port}/path?query=private`);
    expect(await response.json()).toEqual({ host: `good.test:${server.port}`, agent: 'AICO' });
    expect([response.headers.get('X-One'), response.headers.get('set-cookie')]).toEqual(['a', undefined]);
    const [entry] = await network.entries();
    expect(entry).toMatchObject({
      plugin: 'stranger',
      host: 'good.test',
      port: server.port,
      address: '127.0.0.1',
      reach: 'machine',
      method: 'GET',
      outcome: 'answered',
      status: 201,
    });
    expect(entry?.bytesOut).toBeGreaterThan(50);
    expect(entry?.bytesIn).toBeGreaterThan(50);
    expect(JSON.stringify(entry)).not.toMatch(/path|query|private|json/);
  });

  test('over IPv6', async () => {
    const server = await startWeb((_, response) => response.end('six'), '::1');
    const { fetch } = await plugin();
    expect(await (await fetch(`http://six.test:${server.port}/`)).text()).toBe('six');
    expect(await (await fetch(`http://[::1]:${server.port}/`)).text()).toBe('six');
  });

  test('a certificate for another name, or from nobody, is refused', async () => {
    const server = await startSecureWeb((_, response) => response.end());
    const { fetch } = await plugin();
    const error = await errorOf(fetch(`https://bad.test:${server.port}/`));
    expect([error.code, error.details.host]).toEqual(['NET_CERTIFICATE_REFUSED', 'bad.test']);
    expect((await errorOf(fetch(`https://127.0.0.1:${server.port}/`))).code).toBe('NET_CERTIFICATE_REFUSED');
  });

  test('text and bytes arrive as they were sent, both ways', async () => {
    const bytes = randomBytes(300_000);
    const server = await startWeb(async (request, response) => {
      for await (const piece of request) response.write(piece);
      response.end();
    });
    const { fetch } = await plugin({ methods: ['POST', 'GET'] });
    const echo = (body: string | Uint8Array) => fetch(`http://good.test:${server.port}/`, { method: 'POST', body });
    expect(hash(await (await echo(bytes)).bytes())).toBe(hash(bytes));
    expect(await (await echo('Grüße 🙂 \u0000\u0001')).text()).toBe('Grüße 🙂 \u0000\u0001');
    expect([...(await (await echo('\ufeffx')).bytes())]).toEqual([0xef, 0xbb, 0xbf, 0x78]);
    expect((await (await fetch(`http://good.test:${server.port}/`)).bytes()).length).toBe(0);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('%s is unpacked', async (encoding, pack) => {
    const server = await startWeb((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack('hello '.repeat(1000))),
    );
    const { fetch } = await plugin();
    const response = await fetch(`http://good.test:${server.port}/`);
    expect([await response.text(), response.headers.get('content-encoding')]).toEqual([
      'hello '.repeat(1000),
      undefined,
    ]);
  });

  test('HEAD has no body, however it says that it is packed', async () => {
    const server = await startWeb((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end());
    const { fetch } = await plugin();
    const response = await fetch(`http://good.test:${server.port}/`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('an answer that says how it is packed and holds nothing is empty', async () => {
    const server = await startWeb((request, response) => {
      const length = request.url === '/known' ? { 'content-length': 0 } : {};
      response.writeHead(200, { 'content-encoding': 'gzip', ...length }).end();
    });
    const { fetch } = await plugin();
    for (const path of ['known', 'unknown']) {
      expect((await (await fetch(`http://good.test:${server.port}/${path}`)).bytes()).length).toBe(0);
    }
  });

  test('a stream arrives piece by piece, while its server still speaks', async () => {
    const goOn = Promise.withResolvers<void>();
    const server = await startWeb(async (_, response) => {
      response.write('one ');
      await goOn.promise;
      response.end(Buffer.from([0xff, 0xfe]));
    });
    const { bus } = await plugin();
    const stream = bus.stream('net.http.stream.v1', { url: `http://good.test:${server.port}/` });
    const chunks: HttpChunk[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (chunk.kind === 'text') goOn.resolve();
    }
    expect(chunks).toMatchObject([
      { kind: 'head', status: 200 },
      { kind: 'text', text: 'one ' },
      { kind: 'bytes', base64: '//4=' },
    ]);
    expect(await stream.result).toEqual({ bytes: 6 });
  });
});

describe('redirects are followed by hand [SEC-4]', () => {
  test('within the grant, and 303 becomes GET', async () => {
    const server = await startWeb((request, response) => {
      if (request.url === '/a') response.writeHead(303, { location: 'b' }).end();
      else response.end(`${request.method} ${request.headers['x-key']} ${request.headers['content-type']}`);
    });
    const { fetch, network } = await plugin({ methods: ['GET', 'POST'] });
    const headers = { 'x-key': 'k', 'content-type': 'text/plain' };
    const response = await fetch(`http://good.test:${server.port}/a`, { method: 'POST', body: 'x', headers });
    expect([await response.text(), response.redirected, response.url]).toEqual([
      'GET k undefined',
      true,
      `http://good.test:${server.port}/b`,
    ]);
    expect((await network.entries()).map(({ status }) => status)).toEqual([200, 303]);
  });

  test('credentials do not go along to another origin; 307 keeps the method and the body', async () => {
    const second = await startWeb(async (request, response) => {
      let text = '';
      for await (const piece of request) text += piece;
      response.end(text);
    });
    const first = await startWeb((_, response) =>
      response.writeHead(307, { location: `http://other.test:${second.port}/` }).end(),
    );
    const { fetch } = await plugin({ methods: ['POST'] });
    const headers = { authorization: 'Bearer k', cookie: 'a=b', 'x-api-key': 'k', accept: 'text/plain' };
    const response = await fetch(`http://good.test:${first.port}/`, { method: 'POST', body: 'hello', headers });
    expect(await response.text()).toBe('hello');
    const seen = second.requests[0]?.headers ?? {};
    expect([seen.authorization, seen.cookie, seen['x-api-key'], seen.accept]).toEqual([
      undefined,
      undefined,
      undefined,
      'text/plain',
    ]);
  });

  test.each([
    ['a host that is not granted', 'https://evil.test/', 'NET_HOST_DENIED'],
    ['a file', 'file:///etc/passwd', 'NET_URL_REFUSED'],
    ['an address with a password', 'http://a:b@good.test/', 'NET_URL_REFUSED'],
    ['this computer', 'http://localhost/', 'NET_HOST_DENIED'],
    ['what cannot be read', 'http://', 'NET_REDIRECT_REFUSED'],
  ])('to %s: refused', async (_, location, code) => {
    const server = await startWeb((_request, response) => response.writeHead(302, { location }).end());
    const { fetch } = await plugin({ anyHost: false, hosts: ['good.test'] });
    expect((await errorOf(fetch(`http://good.test:${server.port}/`))).code).toBe(code);
  });

  test('from https down to http: refused, unless http is granted', async () => {
    const plain = await startWeb((_, response) => response.end('plain'));
    const server = await startSecureWeb((_, response) =>
      response.writeHead(302, { location: `http://good.test:${plain.port}/` }).end(),
    );
    const { fetch } = await plugin({ allowHttp: false });
    expect((await errorOf(fetch(`https://good.test:${server.port}/`))).code).toBe('NET_HTTP_DENIED');
    expect(plain.requests).toEqual([]);
  });

  test('round and round: refused after five', async () => {
    const server = await startWeb((_, response) => response.writeHead(301, { location: '/' }).end());
    const { fetch } = await plugin();
    const error = await errorOf(fetch(`http://good.test:${server.port}/`));
    expect([error.code, server.requests.length]).toEqual(['NET_REDIRECT_REFUSED', 6]);
  });

  test('not at all when that is asked for', async () => {
    const server = await startWeb((_, response) => response.writeHead(302, { location: '/b' }).end());
    const { fetch } = await plugin();
    const url = `http://good.test:${server.port}/`;
    const response = await fetch(url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/b']);
    expect((await errorOf(fetch(url, { redirect: 'error' }))).code).toBe('NET_REDIRECT_REFUSED');
  });
});

describe('a hostile server wears nobody out [SEC-4]', () => {
  const MIB = 1024 * 1024;

  test('a body without end is cut at its size', async () => {
    const server = await startWeb((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const { fetch, bus } = await plugin({ maxBytes: MIB });
    const error = await errorOf(fetch(`http://good.test:${server.port}/`));
    expect([error.code, error.details.limit]).toEqual(['NET_RESPONSE_TOO_LARGE', MIB]);
    const stream = bus.stream('net.http.stream.v1', { url: `http://good.test:${server.port}/` });
    const read = async () => {
      for await (const _ of stream);
      return stream.result;
    };
    expect((await errorOf(read())).code).toBe('NET_RESPONSE_TOO_LARGE');
  });

  test('a bomb is cut at its unpacked size, with little memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MIB));
    const server = await startWeb((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const { fetch, network } = await plugin();
    const before = process.memoryUsage().rss;
    const error = await errorOf(fetch(`http://good.test:${server.port}/`));
    expect([error.code, error.details.limit]).toEqual(['NET_RESPONSE_TOO_LARGE', 4 * MIB]);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MIB);
    expect(await network.entries()).toMatchObject([{ outcome: 'failed', error: 'NET_RESPONSE_TOO_LARGE' }]);
  });

  test.each([
    ['is packed twice', { 'content-encoding': 'gzip, gzip' }, gzipSync(gzipSync('x'))],
    ['is packed in a way that nobody asked for', { 'content-encoding': 'zstd' }, Buffer.from('x')],
    ['is not packed as it says', { 'content-encoding': 'gzip' }, Buffer.from('not gzip')],
    ['ends in the middle of its packing', { 'content-encoding': 'gzip' }, gzipSync('hello').subarray(0, 15)],
  ])('what %s cannot be read', async (_, headers, body) => {
    const server = await startWeb((_request, response) => response.writeHead(200, headers).end(body));
    const { fetch } = await plugin();
    expect((await errorOf(fetch(`http://good.test:${server.port}/`))).code).toBe('NET_RESPONSE_INVALID');
  });

  test('one that speaks a byte at a time ends with its time', async () => {
    const server = await startWeb(async (_, response) => {
      while (!response.destroyed) {
        response.write('.');
        await wait(20);
      }
    });
    const { fetch, network } = await plugin();
    const error = await errorOf(fetch(`http://good.test:${server.port}/`, { timeoutMs: 300 }));
    expect([error.code, error.details.host]).toEqual(['NET_TIMED_OUT', 'good.test']);
    expect(await network.entries()).toMatchObject([{ outcome: 'failed', error: 'NET_TIMED_OUT' }]);
  });

  test('one whose headers never end ends with its time', async () => {
    const server = await startRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const { fetch } = await plugin();
    expect((await errorOf(fetch(`http://good.test:${server.port}/`, { timeoutMs: 300 }))).code).toBe('NET_TIMED_OUT');
  });

  test('a stream that falls silent ends', async () => {
    const server = await startWeb((_, response) => response.write('one'));
    const { bus } = await plugin();
    const stream = bus.stream('net.http.stream.v1', { url: `http://good.test:${server.port}/`, timeoutMs: 300 });
    const texts: string[] = [];
    const read = async () => {
      for await (const chunk of stream) if (chunk.kind === 'text') texts.push(chunk.text);
    };
    expect([(await errorOf(read())).code, texts]).toEqual(['NET_TIMED_OUT', ['one']]);
  });

  const GET = 'HTTP/1.1 200 OK\r\n';
  test.each([
    ['too many headers', `${GET}${'x-header: y\r\n'.repeat(5000)}\r\n`, 'NET_RESPONSE_TOO_LARGE'],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n', 'NET_RESPONSE_INVALID'],
    ['two lengths', `${GET}content-length: 1\r\ncontent-length: 2\r\n\r\nab`, 'NET_RESPONSE_INVALID'],
    [
      'length and chunks',
      `${GET}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      'NET_RESPONSE_INVALID',
    ],
    ['a chunk without a size', `${GET}transfer-encoding: chunked\r\n\r\nzz\r\n`, 'NET_CUT_OFF'],
    ['half of what it announced', `${GET}content-length: 100\r\n\r\nhalf`, 'NET_CUT_OFF'],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'NET_RESPONSE_INVALID'],
    ['a status beyond all', 'HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n', 'NET_RESPONSE_INVALID'],
    ['nothing', '', 'NET_CUT_OFF'],
  ])('one that sends %s is told as what it is', async (_, sent, code) => {
    const server = await startRaw((socket) => socket.once('data', () => socket.end(sent)));
    const { fetch, network } = await plugin();
    expect((await errorOf(fetch(`http://good.test:${server.port}/`))).code).toBe(code);
    expect(await network.entries()).toMatchObject([{ outcome: 'failed', error: code }]);
  });

  test('one that turns to another protocol is hung up on, and whatever it does then harms nobody', async () => {
    const ended = Promise.withResolvers<void>();
    const server = await startRaw((socket) => {
      socket.on('close', () => ended.resolve());
      socket.once('data', () => socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'));
    });
    const { fetch } = await plugin();
    expect((await errorOf(fetch(`http://good.test:${server.port}/`))).code).toBe('NET_RESPONSE_INVALID');
    await ended.promise;
  });

  test('one whose time is up before its turn is told of its own requests, not of the host', async () => {
    const server = await startWeb(() => {});
    const { fetch } = await plugin();
    const url = `http://good.test:${server.port}/`;
    const asked = Array.from({ length: 9 }, (_, at) => errorOf(fetch(url, { timeoutMs: at < 8 ? 600 : 300 })));
    const codes = (await Promise.all(asked)).map(({ code }) => code);
    expect(codes).toEqual([...Array(8).fill('NET_TIMED_OUT'), 'NET_BUSY']);
    expect(server.requests.length).toBe(8);
  });

  test('nobody takes the turns of another plugin, and too many of one are refused', async () => {
    const goOn = Promise.withResolvers<void>();
    const server = await startWeb(async (_, response) => {
      await goOn.promise;
      response.end('done');
    });
    const { fetch, network } = await plugin();
    const other = await network.plugin(ALL_LOCAL, 'neighbour');
    const url = `http://good.test:${server.port}/`;
    const asked = Array.from({ length: 64 }, () => fetch(url).then((response) => response.text()));
    await expect.poll(() => server.requests.length).toBe(8);
    expect((await errorOf(fetch(url))).code).toBe('NET_BUSY');
    const neighbour = other.fetch(url).then((response) => response.text());
    await expect.poll(() => server.requests.length).toBe(9);
    goOn.resolve();
    expect(new Set([await neighbour, ...(await Promise.all(asked))])).toEqual(new Set(['done']));
    expect(server.requests.length).toBe(65);
  });

  test('whoever gives up, waiting or reading, frees their turn', async () => {
    const hungUp: unknown[] = [];
    const server = await startWeb((request, response) => {
      request.on('close', () => hungUp.push(1));
      response.write('…');
    });
    const { fetch } = await plugin();
    const url = `http://good.test:${server.port}/`;
    const leave = new AbortController();
    const asked = Array.from({ length: 12 }, () => fetch(url, { signal: leave.signal }).catch(() => 'left'));
    await expect.poll(() => server.requests.length).toBe(8);
    leave.abort();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['left']));
    await expect.poll(() => hungUp.length).toBe(8);
  });
});

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
