import { AicoError } from '@aico/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../src/http/endpoint.ts';
import type { ModelServer } from '../src/model-server.ts';
import { OllamaServer } from '../src/servers/ollama-server.ts';
import { OpenAiServer } from '../src/servers/openai-server.ts';
import { json, ollamaLines, openAiEvents, startModelHost, unusedUrl } from './support/model-host.ts';
import { openNetwork } from './support/network.ts';
import { promptOf, readAll } from './support/prompts.ts';

const KEY = 'sk-very-secret-0123456789';
const SILENCE_MS = 300;
const WORDS = ['Hello', ' there', ', 🙂'];

interface Protocol {
  readonly kind: 'ollama' | 'openai';
  readonly connect: (endpoint: Endpoint, silenceMs: number) => ModelServer;
  readonly chatPath: string;
  readonly pieces: (words: readonly string[]) => string[];
}

const PROTOCOLS: readonly Protocol[] = [
  {
    kind: 'ollama',
    connect: (endpoint, silenceMs) => new OllamaServer(endpoint, silenceMs),
    chatPath: '/api/chat',
    pieces: ollamaLines,
  },
  {
    kind: 'openai',
    connect: (endpoint, silenceMs) => new OpenAiServer(endpoint, silenceMs),
    chatPath: '/v1/chat/completions',
    pieces: openAiEvents,
  },
];

let network: Awaited<ReturnType<typeof openNetwork>>;
beforeAll(async () => {
  network = await openNetwork();
});
afterAll(() => network.kernel.close());

describe.each(PROTOCOLS)('a model server that speaks $kind', ({ connect, chatPath, pieces }) => {
  const at = (url: string, silenceMs = SILENCE_MS) =>
    connect({ name: 'My server', url, apiKey: KEY, open: network.open }, silenceMs);
  const failure = async (server: ModelServer): Promise<AicoError> => {
    const error = await readAll(server, promptOf('Hello')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AicoError);
    expect(JSON.stringify((error as AicoError).toReport()) + (error as AicoError).stack).not.toContain(KEY);
    return error as AicoError;
  };

  test('streams a reply with its usage, and shows the key to that server alone', async () => {
    await using host = await startModelHost((_, response) => {
      for (const piece of pieces(WORDS)) response.write(piece);
      response.end();
    });
    const { pieces: text, ending } = await readAll(at(host.url), promptOf('Hello', ['My cat is called Miso.']));
    expect(text.join('')).toBe('Hello there, 🙂');
    expect(ending).toMatchObject({ finish: 'stop', completionTokens: 3 });
    const [request] = host.received;
    expect(request).toMatchObject({ path: chatPath, headers: { authorization: `Bearer ${KEY}` } });
    expect(JSON.stringify(request?.body)).toContain('My cat is called Miso.');
  });

  test('puts together what the network took apart, byte by byte', async () => {
    await using host = await startModelHost(async (_, response) => {
      for (const byte of Buffer.from(pieces(WORDS).join(''))) {
        response.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      response.end();
    });
    expect((await readAll(at(host.url), promptOf('Hello'))).pieces.join('')).toBe('Hello there, 🙂');
  });

  test('says that nobody listens at an address', async () => {
    const url = await unusedUrl();
    const error = await failure(at(url));
    expect(error).toMatchObject({ code: 'LLM_UNREACHABLE', subject: 'My server' });
    expect(error.message).toContain(url);
  });

  test('says that a model is missing', async () => {
    await using host = await startModelHost((_, response) =>
      json(response, 404, { error: { message: 'model "tiny" not found, try pulling it first' } }),
    );
    expect(await failure(at(host.url))).toMatchObject({ code: 'LLM_MODEL_MISSING', details: { model: 'tiny' } });
  });

  test('says that there is no such server at an address', async () => {
    await using host = await startModelHost((_, response) => response.writeHead(404).end('404 page not found'));
    expect(await failure(at(host.url))).toMatchObject({
      code: 'LLM_PROVIDER_FAILED',
      message: 'My server failed: it answered with status 404.',
    });
  });

  test('keeps what was said when the connection is cut', async () => {
    await using host = await startModelHost((_, response) => {
      response.write(pieces(WORDS)[0]);
      setTimeout(() => response.destroy(), 30);
    });
    const reply = at(host.url).generate(promptOf('Hello'), new AbortController().signal);
    expect((await reply.next()).value).toBe('Hello');
    await expect(reply.next()).rejects.toMatchObject({ code: 'LLM_CUT_OFF' });
  });

  test('tells a reply without an end from one that ended', async () => {
    await using host = await startModelHost((_, response) => response.end(pieces(WORDS).slice(0, 2).join('')));
    expect(await failure(at(host.url))).toMatchObject({ code: 'LLM_CUT_OFF' });
  });

  test.each([
    ['20', 'Try again in 20 seconds, or choose another model.', 20],
    ['600', 'Try again in 10 minutes, or choose another model.', 600],
    ['soon', 'Try again in a minute, or choose another model.', undefined],
  ])('passes on how long to wait: "%s"', async (header, fix, seconds) => {
    await using host = await startModelHost((_, response) =>
      json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': header }),
    );
    const error = await failure(at(host.url));
    expect(error).toMatchObject({ code: 'LLM_RATE_LIMITED', fix });
    expect(error.details['retryAfterSeconds']).toBe(seconds);
  });

  test('never repeats a key that was refused', async () => {
    await using host = await startModelHost((_, response) =>
      json(response, 401, { error: { message: `Incorrect API key provided: ${KEY}` } }),
    );
    expect(await failure(at(host.url))).toMatchObject({ code: 'LLM_UNAUTHORIZED' });
  });

  test('passes on what a server says of itself, on one line, without the key', async () => {
    await using host = await startModelHost((_, response) =>
      json(response, 500, { error: { message: `out of memory\n\u001b[31m for ${KEY}` } }),
    );
    const error = await failure(at(host.url));
    expect(error.message).toBe('My server failed: it answered 500: out of memory [31m for ….');
  });

  test('passes on an error that comes in the middle', async () => {
    await using host = await startModelHost((_, response) => {
      const error = JSON.stringify({ error: { message: 'the runner has stopped' } });
      response.end(`${pieces(WORDS)[0]}${chatPath.startsWith('/api') ? error : `data: ${error}\n\n`}\n`);
    });
    expect((await failure(at(host.url))).message).toContain('the runner has stopped');
  });

  test('does not follow to another address', async () => {
    await using elsewhere = await startModelHost((_, response) => response.end(pieces(WORDS).join('')));
    await using host = await startModelHost((_, response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    );
    expect(await failure(at(host.url))).toMatchObject({ code: 'LLM_PROVIDER_FAILED' });
    expect(elsewhere.received).toEqual([]);
  });

  test.each(['<html>hello</html>\n\n', '{"done":tru\n', 'data: {"choices":[{]}\n\n', '\u0000\u0001\n'])(
    'is not put out by garbage: %j',
    async (garbage) => {
      await using host = await startModelHost((_, response) => response.end(garbage));
      expect(['LLM_PROVIDER_FAILED', 'LLM_CUT_OFF']).toContain((await failure(at(host.url))).code);
    },
  );

  test('gives up on a line without end', async () => {
    await using host = await startModelHost(async (_, response) => {
      const piece = `data: ${'x'.repeat(256 * 1024)}`.replaceAll('data: ', chatPath.startsWith('/api') ? '' : 'data: ');
      for (let count = 0; count < 64 && !response.destroyed; count += 1) {
        response.write(piece);
        await new Promise(setImmediate);
      }
    });
    const error = await failure(at(host.url, 5000));
    expect(error.message).toContain('a line without end');
    await host.hungUp;
  });

  test('gives up on silence before and within a reply', async () => {
    await using mute = await startModelHost(() => {});
    expect(await failure(at(mute.url, 50))).toMatchObject({ code: 'LLM_TIMED_OUT' });
    await using halting = await startModelHost((_, response) => void response.write(pieces(WORDS)[0]));
    expect(await failure(at(halting.url, 50))).toMatchObject({ code: 'LLM_TIMED_OUT', details: { seconds: 1 } });
  });

  test('does not count the time that its reader takes as silence', async () => {
    await using host = await startModelHost((_, response) => response.end(pieces(WORDS).join('')));
    const reply = at(host.url, 40).generate(promptOf('Hello'), new AbortController().signal);
    await reply.next();
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect((await reply.next()).value).toBe(' there');
  });

  test('hangs up at once when the reply is not wanted any more', async () => {
    await using host = await startModelHost((_, response) => void response.write(pieces(WORDS)[0]));
    const stop = new AbortController();
    const reply = at(host.url, 60_000).generate(promptOf('Hello'), stop.signal);
    await reply.next();
    stop.abort();
    await expect(reply.next()).rejects.toThrow();
    await host.hungUp;
  });
});

describe('asking for models', () => {
  test('reads the names from Ollama and from OpenAI', async () => {
    await using host = await startModelHost(({ path }, response) =>
      path === '/api/tags'
        ? json(response, 200, { models: [{ name: 'tiny:latest' }, { name: 'tiny:latest' }, { name: 7 }, 'odd'] })
        : json(response, 200, { data: [{ id: 'gpt-tiny' }] }),
    );
    const endpoint = { name: 'Mine', url: host.url, apiKey: undefined, open: network.open };
    const { signal } = new AbortController();
    expect(await new OllamaServer(endpoint, SILENCE_MS).models(signal)).toEqual(['tiny:latest']);
    expect(await new OpenAiServer(endpoint, SILENCE_MS).models(signal)).toEqual(['gpt-tiny']);
    expect(host.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/api/tags', undefined],
      ['/v1/models', undefined],
    ]);
  });

  test('goes by the version in an address where there is one', async () => {
    await using host = await startModelHost((_, response) => json(response, 200, { data: [] }));
    const endpoint = { name: 'Mine', url: `${host.url}/api/v2/`, apiKey: undefined, open: network.open };
    expect(await new OpenAiServer(endpoint, SILENCE_MS).models(new AbortController().signal)).toEqual([]);
    expect(host.received[0]?.path).toBe('/api/v2/models');
  });

  test('does not mistake another web server for a model server', async () => {
    await using host = await startModelHost((_, response) => json(response, 200, { hello: 'world' }));
    const endpoint = { name: 'Mine', url: host.url, apiKey: undefined, open: network.open };
    const { signal } = new AbortController();
    for (const server of [new OllamaServer(endpoint, SILENCE_MS), new OpenAiServer(endpoint, SILENCE_MS)]) {
      await expect(server.models(signal)).rejects.toMatchObject({ code: 'LLM_PROVIDER_FAILED' });
    }
  });
});
