import { describe, expect, test, vi } from 'vitest';
import { loadLlm } from './support/load-llm.ts';
import { json, type ModelHost, ollamaLines, openAiEvents, startModelHost, unusedUrl } from './support/model-host.ts';

/** Ollama with one model. */
const startOllama = (words = ['Hello', ' there']): Promise<ModelHost> =>
  startModelHost(({ path }, response) => {
    if (path === '/api/tags') return json(response, 200, { models: [{ name: 'tiny:latest' }] });
    for (const line of ollamaLines(words)) response.write(line);
    response.end();
  });

describe('the language model plugin while no model is connected', () => {
  test('answers by rules, in words, and says so in its status [COMP]', async () => {
    await using llm = await loadLlm();
    const { text, result } = await llm.say('What is the capital of France?');
    expect(text).toContain('No language model is connected');
    expect(result).toMatchObject({ finish: 'stop', provider: 'scripted', model: 'scripted' });
    expect(result.usage.completionTokens).toBe(text.split(/\s+/).length);
    expect(await llm.status()).toMatchObject({
      selected: { provider: 'scripted', kind: 'scripted', model: 'scripted' },
      connected: false,
    });
  });

  test('stops when the asker does not want more', async () => {
    await using llm = await loadLlm({ scriptedWordMs: 5000 });
    const stream = llm.bus.stream('llm.generate.v1', { messages: [{ role: 'user', text: 'Hello' }] });
    for await (const { text } of stream) {
      expect(text.trim()).toBe('Hello');
      break;
    }
    await expect(stream.result).rejects.toMatchObject({ code: 'KERNEL_CANCELLED' });
  });

  test('finds Ollama by itself and offers it, without choosing it', async () => {
    await using ollama = await startOllama();
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    await vi.waitFor(() => expect(llm.told.at(-1)?.providers).toHaveLength(2));
    expect(await llm.status()).toEqual({
      selected: { provider: 'scripted', kind: 'scripted', model: 'scripted' },
      connected: false,
      providers: [
        { id: 'scripted', kind: 'scripted', name: 'Built-in companion', models: ['scripted'], reachable: true },
        {
          id: 'ollama',
          kind: 'ollama',
          name: 'Ollama',
          url: ollama.url,
          models: ['tiny:latest'],
          reachable: true,
          detected: true,
        },
      ],
    });
  });

  test('tells nothing of an Ollama that is not there and that nobody asked for', async () => {
    let answers = false;
    await using ollama = await startModelHost((_, response) => {
      if (answers) json(response, 200, { models: [{ name: 'tiny' }] });
      else response.destroy();
    });
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    const ids = async () => (await llm.status()).providers.map(({ id }) => id);
    await vi.waitFor(() => expect(ollama.received).not.toEqual([]));
    expect(await ids()).toEqual(['scripted']);
    answers = true;
    await vi.waitFor(async () => expect(await ids()).toEqual(['scripted', 'ollama']), 10_000);
  });
});

describe('the language model plugin with a model server', () => {
  test('uses the model that was chosen, after a restart too', async () => {
    await using ollama = await startOllama();
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    const status = await llm.bus.request('llm.provider.select.v1', { provider: 'ollama', model: 'tiny:latest' });
    expect(status).toMatchObject({ selected: { provider: 'ollama', kind: 'ollama' }, connected: true });
    await llm.restart();
    const { text, result } = await llm.say('Hello');
    expect(text).toBe('Hello there');
    expect(result).toMatchObject({
      provider: 'ollama',
      model: 'tiny:latest',
      usage: { promptTokens: 12, completionTokens: 2 },
    });
  });

  test('keeps an API key in the vault, shows it to its server, and forgets it with the server [SEC-2]', async () => {
    await using host = await startModelHost(({ path }, response) => {
      if (path === '/v1/models') return json(response, 200, { data: [{ id: 'gpt-tiny' }] });
      for (const event of openAiEvents(['Hi'])) response.write(event);
      response.end();
    });
    await using llm = await loadLlm();
    const added = await llm.put({ kind: 'openai', url: host.url, apiKey: 'sk-secret' });
    expect(JSON.stringify(added)).not.toContain('sk-secret');
    expect(llm.secrets.get('llm')).toEqual(new Map([['api-key.mine', 'sk-secret']]));
    await llm.bus.request('llm.provider.select.v1', { provider: 'mine', model: 'gpt-tiny' });
    expect((await llm.say('Hello')).text).toBe('Hi');
    expect(host.received.every(({ headers }) => headers.authorization === 'Bearer sk-secret')).toBe(true);
    const removed = await llm.bus.request('llm.provider.delete.v1', { id: 'mine' });
    expect(removed).toMatchObject({ selected: { provider: 'scripted' }, connected: false });
    expect(llm.secrets.get('llm')).toEqual(new Map());
    expect(JSON.stringify([llm.kernel.logs, llm.told])).not.toContain('sk-secret');
  });

  test('does not show a key to the place that an address moved to', async () => {
    await using first = await startModelHost((_, response) => json(response, 200, { data: [] }));
    await using second = await startModelHost((_, response) => json(response, 200, { data: [] }));
    await using llm = await loadLlm();
    await llm.put({ kind: 'openai', url: first.url, apiKey: 'sk-secret' });
    await llm.put({ kind: 'openai', url: `${first.url}/v1` });
    expect(first.received.at(-1)?.headers.authorization).toBe('Bearer sk-secret');
    await llm.put({ kind: 'openai', url: second.url });
    expect(second.received.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('tells the user what to do when the chosen server is gone, and when it is back', async () => {
    let answers = true;
    await using ollama = await startModelHost(({ path }, response) => {
      if (!answers) return void response.destroy();
      if (path === '/api/tags') return json(response, 200, { models: [{ name: 'tiny' }] });
      response.end(ollamaLines(['Back']).join(''));
    });
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    await llm.bus.request('llm.provider.select.v1', { provider: 'ollama', model: 'tiny' });
    answers = false;
    await expect(llm.say('Hello')).rejects.toMatchObject({ code: 'LLM_UNREACHABLE', subject: 'Ollama' });
    const { providers, ...told } = await llm.status();
    expect(told).toMatchObject({ connected: false, selected: { provider: 'ollama' } });
    const error = { code: 'LLM_UNREACHABLE', fix: expect.stringContaining('ollama serve') };
    expect(providers[1]).toMatchObject({ id: 'ollama', reachable: false, detected: true, error });
    answers = true;
    expect((await llm.say('Hello')).text).toBe('Back');
    expect(await llm.status()).toMatchObject({ connected: true });
    expect(llm.told.map(({ connected }) => connected)).toEqual(expect.arrayContaining([false, true]));
  });

  test('passes on what arrived before a reply was cut off', async () => {
    await using ollama = await startModelHost(({ path }, response) => {
      if (path === '/api/tags') return json(response, 200, { models: [{ name: 'tiny' }] });
      response.write(ollamaLines(['Half'])[0]);
      setTimeout(() => response.destroy(), 30);
    });
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    await llm.bus.request('llm.provider.select.v1', { provider: 'ollama', model: 'tiny' });
    const stream = llm.bus.stream('llm.generate.v1', { messages: [{ role: 'user', text: 'Hello' }] });
    const read = async (): Promise<string> => {
      let text = '';
      for await (const chunk of stream) {
        text += chunk.text;
        expect(text).toBe('Half');
      }
      return text;
    };
    await expect(read()).rejects.toMatchObject({ code: 'LLM_CUT_OFF' });
  });

  test('ends the connection to the server when the asker goes away', async () => {
    await using ollama = await startModelHost(({ path }, response) => {
      if (path === '/api/tags') return json(response, 200, { models: [{ name: 'tiny' }] });
      response.write(ollamaLines(['Endless'])[0]);
    });
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    await llm.bus.request('llm.provider.select.v1', { provider: 'ollama', model: 'tiny' });
    const stop = new AbortController();
    const stream = llm.bus.stream(
      'llm.generate.v1',
      { messages: [{ role: 'user', text: 'Hello' }] },
      { signal: stop.signal },
    );
    for await (const _ of stream) {
      stop.abort();
      break;
    }
    await ollama.hungUp;
  });

  test('calls a reply without a word a failure', async () => {
    await using ollama = await startOllama([]);
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    await llm.bus.request('llm.provider.select.v1', { provider: 'ollama', model: 'tiny:latest' });
    await expect(llm.say('Hello')).rejects.toMatchObject({ code: 'LLM_PROVIDER_FAILED' });
  });
});

describe('choosing a model', () => {
  test.each([
    ['an unknown server', { provider: 'nowhere', model: 'x' }, 'LLM_PROVIDER_UNKNOWN'],
    ['an unknown model', { provider: 'ollama', model: 'huge' }, 'LLM_MODEL_MISSING'],
    ['an unknown model of the built-in companion', { provider: 'scripted', model: 'huge' }, 'LLM_MODEL_MISSING'],
  ])('refuses %s and leaves the choice as it was', async (_, selection, code) => {
    await using ollama = await startOllama();
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    await expect(llm.bus.request('llm.provider.select.v1', selection)).rejects.toMatchObject({ code });
    expect(await llm.status()).toMatchObject({ selected: { provider: 'scripted' } });
  });

  test.each([
    ['a password in its address', { kind: 'openai', url: 'http://me:pw@127.0.0.1/v1' }, 'LLM_URL_REFUSED'],
    ['a key in its address', { kind: 'openai', url: 'http://127.0.0.1/v1?key=sk-1' }, 'LLM_URL_REFUSED'],
    ['an address that is none', { kind: 'openai', url: 'http://[' }, 'LLM_URL_REFUSED'],
    ['another protocol', { kind: 'openai', url: 'file:///etc/passwd' }, 'KERNEL_PAYLOAD_INVALID'],
    ['a key with a line break', { kind: 'openai', url: 'http://127.0.0.1', apiKey: 'sk\nx: y' }, 'LLM_KEY_REFUSED'],
  ] as const)('refuses a server with %s, without repeating it', async (_, server, code) => {
    await using llm = await loadLlm();
    const error = await llm.put(server).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).not.toMatch(/pw@|sk-1|x: y/);
  });

  test('leaves what is built in alone', async () => {
    await using llm = await loadLlm({ findOllama: true });
    const builtIn = { code: 'LLM_PROVIDER_BUILT_IN' };
    const server = { id: 'scripted', name: 'x', kind: 'ollama', url: 'http://127.0.0.1:1' } as const;
    await expect(llm.bus.request('llm.provider.put.v1', server)).rejects.toMatchObject(builtIn);
    await expect(llm.bus.request('llm.provider.delete.v1', { id: 'scripted' })).rejects.toMatchObject(builtIn);
    await expect(llm.bus.request('llm.provider.delete.v1', { id: 'ollama' })).rejects.toMatchObject(builtIn);
    await expect(llm.bus.request('llm.provider.delete.v1', { id: 'nobody' })).rejects.toMatchObject({
      code: 'LLM_PROVIDER_UNKNOWN',
    });
  });

  test('lets the user say where Ollama is', async () => {
    await using ollama = await startOllama();
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: await unusedUrl() });
    const put = { id: 'ollama', name: 'Ollama upstairs', kind: 'ollama', url: ollama.url } as const;
    const { providers } = await llm.bus.request('llm.provider.put.v1', put);
    expect(providers.map(({ id, name, reachable }) => [id, name, reachable])).toEqual([
      ['scripted', 'Built-in companion', true],
      ['ollama', 'Ollama upstairs', true],
    ]);
  });

  test('keeps the list short', async () => {
    await using llm = await loadLlm();
    const url = await unusedUrl();
    const put = (id: string) => llm.bus.request('llm.provider.put.v1', { id, name: id, kind: 'ollama', url });
    for (let count = 0; count < 18; count += 1) await put(`s${count}`);
    await expect(put('s18')).rejects.toMatchObject({ code: 'LLM_PROVIDER_LIMIT' });
    expect((await put('s0')).providers).toHaveLength(19);
  });
});
