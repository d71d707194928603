import { describe, expect, test } from 'vitest';
import { Browser, codeOf } from './support/browser.ts';
import { CONVERSATION, conversation, openHouse } from './support/house.ts';

describe('the HTTP interface', () => {
  test('carries a request to its topic, from path, query and body, and the reply back [SVC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const path = `/api/v1/conversations/${CONVERSATION}`;
    const answers = [
      await browser.ask('GET', '/api/v1/conversations?limit=20&before=2026-01-02T03:04:05Z'),
      await browser.ask('POST', '/api/v1/conversations', { body: { title: 'Evening' } }),
      await browser.ask('GET', path),
      await browser.ask('PATCH', path, { body: { title: 'Night' } }),
      await browser.ask('PATCH', path, { body: { id: CONVERSATION, title: 'Night' } }),
      await browser.ask('DELETE', path),
      await browser.ask('GET', `${path}/messages?limit=3`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(200));
    expect(answers[2]!.body).toEqual(conversation());
    expect(answers[2]!.headers.get('cache-control')).toBe('no-store');
    expect(house.asked).toEqual([
      { topic: 'chat.conversation.list.v1', data: { limit: 20, before: '2026-01-02T03:04:05Z' } },
      { topic: 'chat.conversation.create.v1', data: { title: 'Evening' } },
      { topic: 'chat.conversation.get.v1', data: { id: CONVERSATION } },
      { topic: 'chat.conversation.rename.v1', data: { id: CONVERSATION, title: 'Night' } },
      { topic: 'chat.conversation.rename.v1', data: { id: CONVERSATION, title: 'Night' } },
      { topic: 'chat.conversation.delete.v1', data: { id: CONVERSATION } },
      { topic: 'chat.message.list.v1', data: { conversation: CONVERSATION, limit: 3 } },
    ]);
  });

  test('checks the input before anything is sent, and names what is wrong [BUS-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const path = `/api/v1/conversations/${CONVERSATION}`;
    const problems: Record<string, unknown> = {};
    const check = async (name: string, method: string, url: string, body?: unknown): Promise<void> => {
      const { status, body: report } = await browser.ask(method, url, body === undefined ? {} : { body });
      problems[name] = [status, (report as { details?: { problem?: string } }).details?.problem];
    };
    await check('a bad number', 'GET', '/api/v1/conversations?limit=many');
    await check('a number out of range', 'GET', '/api/v1/conversations?limit=100000');
    await check('a key twice', 'GET', '/api/v1/conversations?limit=1&limit=2');
    await check('an unknown key', 'GET', '/api/v1/conversations?limits=1');
    await check('a bad id', 'GET', '/api/v1/conversations/nonsense');
    await check('a body against its path', 'PATCH', path, { id: 'other', title: 'x' });
    await check('a list as body', 'POST', '/api/v1/conversations', [1]);
    await check('a text as body', 'POST', '/api/v1/conversations', 'title');
    await check('a wrong type', 'PATCH', path, { title: 7 });
    await check('something missing', 'PATCH', path, {});
    expect(problems).toMatchInlineSnapshot(`
      {
        "a bad id": [
          400,
          "id must have at least 36 characters",
        ],
        "a bad number": [
          400,
          "limit must be a whole number",
        ],
        "a body against its path": [
          400,
          "id is given twice",
        ],
        "a key twice": [
          400,
          "limit must be a whole number",
        ],
        "a list as body": [
          400,
          "the body must be an object",
        ],
        "a number out of range": [
          400,
          "limit must be at most 200",
        ],
        "a text as body": [
          400,
          "the body must be an object",
        ],
        "a wrong type": [
          400,
          "title must be text",
        ],
        "an unknown key": [
          400,
          "limits is not a known key; the nearest known one is "limit"",
        ],
        "something missing": [
          400,
          "title is missing",
        ],
      }
    `);
    expect(house.asked).toEqual([]);
  });

  test('refuses bodies that are malformed, of another type, poisoned or too large [SVC-5]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const send = async (raw: string, type = 'application/json') => {
      const answer = await browser.ask('POST', '/api/v1/conversations', { raw, headers: { 'content-type': type } });
      return [answer.status, codeOf(answer)];
    };
    expect({
      broken: await send('{"title":'),
      empty: await send(''),
      poisoned: await send('{"__proto__":{"title":"x"}}'),
      constructed: await send('{"constructor":{"prototype":{"title":"x"}}}'),
      form: await send('title=x', 'application/x-www-form-urlencoded'),
      text: await send('{"title":"x"}', 'text/plain'),
      large: await send(JSON.stringify({ title: 'x'.repeat(1024 * 1024) })),
    }).toEqual({
      broken: [400, 'GATEWAY_BODY_MALFORMED'],
      empty: [400, 'GATEWAY_BODY_MALFORMED'],
      poisoned: [400, 'GATEWAY_BODY_MALFORMED'],
      constructed: [400, 'GATEWAY_BODY_MALFORMED'],
      form: [415, 'GATEWAY_BODY_TYPE_REFUSED'],
      text: [415, 'GATEWAY_BODY_TYPE_REFUSED'],
      large: [413, 'GATEWAY_BODY_TOO_LARGE'],
    });
    expect(house.asked).toEqual([]);
  });

  test('answers an unknown route by an error that says where the routes are listed', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    for (const [method, path] of [
      ['GET', '/api'],
      ['GET', '/api/v1/nowhere?limit=1'],
      ['GET', '/api/v2/session'],
      ['POST', '/api/v1/plugins'],
      ['PUT', '/index.html'],
    ] as const) {
      const { status, body } = await browser.ask(method, path, method === 'GET' ? {} : { body: {} });
      const route = `${method} ${path.split('?')[0]}`;
      expect({ route, status, body }).toMatchObject({
        route,
        status: 404,
        body: {
          code: 'GATEWAY_ROUTE_UNKNOWN',
          subject: route,
          fix: expect.any(String),
          rule: expect.stringContaining('openapi'),
        },
      });
    }
  });

  test('passes on the error of the plugin that answers, with the status of the table', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const nobody = await browser.ask('GET', '/api/v1/llm');
    expect([nobody.status, codeOf(nobody)]).toEqual([503, 'KERNEL_NO_SERVER']);
    const unknown = await browser.ask('GET', '/api/v1/plugins/nobody');
    expect([unknown.status, codeOf(unknown)]).toEqual([404, 'KERNEL_PLUGIN_UNKNOWN']);
  });

  test('reaches the kernel’s own topics: plugins, status, settings [PLG-8]', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const { plugins } = (await browser.ask('GET', '/api/v1/plugins')).body as { plugins: { id: string }[] };
    expect(plugins.map(({ id }) => id)).toEqual(['gateway']);
    expect((await browser.ask('GET', '/api/v1/status')).body).toMatchObject({
      ready: true,
      endpoints: { console: house.url },
    });
    expect((await browser.ask('GET', '/api/v1/plugins/gateway/configuration')).body).toMatchObject({
      values: { port: 0 },
    });
  });

  test('cancels the request when the browser goes away', async () => {
    await using house = await openHouse();
    const browser = await Browser.signedIn(house);
    const begun = Promise.withResolvers<AbortSignal>();
    const slow = await house.kernel.peer({ id: 'memory', permissions: [{ verb: 'serve', topic: 'memory.list.v1' }] });
    await slow.bus.serve('memory.list.v1', ({ signal }) => {
      begun.resolve(signal);
      return new Promise(() => {});
    });
    const gone = new AbortController();
    const asked = fetch(`${house.url}/api/v1/memories`, { headers: { cookie: browser.cookie }, signal: gone.signal });
    const signal = await begun.promise;
    gone.abort();
    await expect(asked).rejects.toThrow();
    await new Promise((resolve) => (signal.aborted ? resolve(undefined) : signal.addEventListener('abort', resolve)));
  });
});
