import type { Generate } from '@aico/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Prompt } from '../src/model-server.ts';
import { OllamaServer } from '../src/servers/ollama-server.ts';
import { OpenAiServer } from '../src/servers/openai-server.ts';
import { CallPieces } from '../src/servers/tool-calls.ts';
import { loadLlm } from './support/load-llm.ts';
import { json, ollamaLines, startModelHost } from './support/model-host.ts';
import { openNetwork } from './support/network.ts';
import { promptOf, readAll } from './support/prompts.ts';

let network: Awaited<ReturnType<typeof openNetwork>>;
beforeAll(async () => {
  network = await openNetwork();
});
afterAll(() => network.kernel.close());

const INPUT = { type: 'object', properties: { dice: { type: 'string' } } };
const TOOLS = [{ name: 'roll', description: 'Rolls.', input: INPUT }];
const CALL = { id: 'call-7', name: 'roll', input: '{"dice":"2d6"}' };
/** A prompt in which a tool was called and has answered. */
const PROMPT: Prompt = {
  ...promptOf('Roll for me'),
  messages: [
    { role: 'user', text: 'Roll for me' },
    { role: 'assistant', text: '', calls: [CALL] },
    { role: 'tool', text: '7', call: 'call-7' },
  ],
  tools: TOOLS,
};
const TOLD = [{ type: 'function', function: { name: 'roll', description: 'Rolls.', parameters: INPUT } }];

describe('tools, as model servers speak of them [PLG-5]', () => {
  test('OpenAI’s way: calls come in pieces, and go back with their ids', async () => {
    const delta = (tool_calls: unknown, finish_reason: string | null = null): string =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls }, finish_reason }] })}\n\n`;
    await using host = await startModelHost((_, response) => {
      response.write(delta([{ index: 0, id: 'call-7', function: { name: 'roll', arguments: '{"dice":' } }]));
      response.write(delta([{ index: 0, function: { arguments: '"2d6"}' } }]));
      response.end(`${delta([], 'tool_calls')}data: [DONE]\n\n`);
    });
    const server = new OpenAiServer({ name: 'Mine', url: host.url, apiKey: undefined, open: network.open }, 2_000);
    const { pieces, ending } = await readAll(server, PROMPT);
    expect([pieces, ending]).toEqual([[], { finish: 'stop', calls: [CALL] }]);
    expect(host.received[0]?.body).toMatchObject({
      tools: TOLD,
      messages: [
        { role: 'system' },
        { role: 'user', content: 'Roll for me' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'call-7', type: 'function', function: { name: 'roll', arguments: CALL.input } }],
        },
        { role: 'tool', content: '7', tool_call_id: 'call-7' },
      ],
    });
  });

  test('Ollama’s way: calls come whole, as objects', async () => {
    await using host = await startModelHost((_, response) => {
      const tool_calls = [{ function: { name: 'roll', arguments: { dice: '2d6' } } }];
      response.end(`${JSON.stringify({ message: { content: '', tool_calls }, done: true, done_reason: 'stop' })}\n`);
    });
    const server = new OllamaServer({ name: 'Mine', url: host.url, apiKey: undefined, open: network.open }, 2_000);
    const { ending } = await readAll(server, PROMPT);
    expect(ending).toEqual({ finish: 'stop', calls: [{ ...CALL, id: 'call-0' }] });
    expect(host.received[0]?.body).toMatchObject({
      tools: TOLD,
      messages: [
        { role: 'system' },
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ function: { name: 'roll', arguments: { dice: '2d6' } } }] },
        { role: 'tool', content: '7' },
      ],
    });
  });

  test('a server that floods or lies gives at most eight calls of bounded length, or none', () => {
    const calls = new CallPieces();
    for (const part of [undefined, null, 'x', 7, {}, [null, 1, 'x', {}, { function: null }]]) calls.add(part);
    expect(calls.endingOf({ finish: 'stop' })).toEqual({ finish: 'stop' });
    const flood = new CallPieces();
    for (let index = 0; index < 1_000; index += 1) flood.add([{ index, function: { name: 'roll', arguments: '{}' } }]);
    for (let more = 0; more < 1_000; more += 1) flood.add([{ index: 0, function: { arguments: 'x'.repeat(100) } }]);
    expect(flood.endingOf({ finish: 'stop' }).calls?.length).toBe(7);
  });

  test('a model that knows none is asked once more without them, and any other failure is told', async () => {
    let problem = 'tiny does not support tools';
    await using ollama = await startModelHost(({ path, body }, response) => {
      if (path === '/api/tags') return json(response, 200, { models: [{ name: 'tiny' }] });
      if (problem === 'broken' || Object.hasOwn(body as object, 'tools')) {
        return json(response, 400, { error: problem });
      }
      response.end(ollamaLines(['I ', 'guess ', 'seven.']).join(''));
    });
    await using llm = await loadLlm({ findOllama: true, ollamaUrl: ollama.url });
    await llm.bus.request('llm.provider.select.v1', { provider: 'ollama', model: 'tiny' });
    const ask = async (tools: Generate['tools']): Promise<string> => {
      const messages = [{ role: 'user' as const, text: 'Roll for me' }];
      const stream = llm.bus.stream('llm.generate.v1', { messages, ...(tools === undefined ? {} : { tools }) });
      let text = '';
      for await (const chunk of stream) text += chunk.text;
      await stream.result;
      return text;
    };
    const asked = (): number => ollama.received.filter(({ path }) => path === '/api/chat').length;
    expect([await ask(TOOLS), asked()]).toEqual(['I guess seven.', 2]);
    problem = 'broken';
    await expect(ask(TOOLS)).rejects.toMatchObject({ code: 'LLM_PROVIDER_FAILED' });
    await expect(ask(undefined)).rejects.toMatchObject({ code: 'LLM_PROVIDER_FAILED' });
    expect(asked()).toBe(5);
  });
});
