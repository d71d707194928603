import { AicoError, definePlugin, type Generate, type GenerateResult, type ToolCall } from '@aico/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { type LoadedChat, loadChat, RESULT } from './support/load-chat.ts';

const SCHEMA = {
  type: 'object',
  properties: { dice: { type: 'string' }, times: { type: 'integer' } },
  required: ['dice'],
  additionalProperties: false,
};
const MANIFEST = {
  id: 'roller',
  name: 'Roller',
  version: '1.0.0',
  description: 'Rolls.',
  author: 'A tester',
  tier: 'isolated',
  main: 'index.js',
  engines: { aico: '*' },
  permissions: [{ verb: 'serve', topic: 'plugin.roller.tool.run.v1', reason: 'To roll for the model.' }],
  contributes: { tools: [{ name: 'roll', title: 'Roll dice', description: 'Rolls.', input: SCHEMA }] },
} as const;

let chat: LoadedChat;
afterEach(() => chat.kernel.close());

/** A model that makes these calls, one round each, and then says what the tool told it. */
async function calling(calls: readonly ToolCall[], answer: (input: object) => string): Promise<void> {
  let round = 0;
  chat = await loadChat(async (request, stream): Promise<GenerateResult> => {
    const call = calls[round];
    round += 1;
    if (call !== undefined) return { ...RESULT, calls: [call] };
    const last = request.data.messages.at(-1);
    await stream.write({ text: last?.role === 'tool' ? `It says: ${last.text}` : 'Nothing.' });
    return RESULT;
  });
  await chat.kernel.load({
    manifest: structuredClone(MANIFEST) as never,
    definition: definePlugin({
      async activate({ bus }) {
        await bus.serve('plugin.roller.tool.run.v1', ({ data }) => ({ text: answer(data.input) }));
      },
    }),
  });
}

const call = (input: string, name = 'roll'): ToolCall => ({ id: 'call-1', name, input });

describe('tools for the language model [PLG-5]', () => {
  test('are offered to it, run by their plugin, told to it, and shown to the user', async () => {
    await calling([call('{"dice":"2d6"}')], (input) => `rolled ${JSON.stringify(input)}`);
    const conversation = await chat.create();
    const { reply } = await chat.say(conversation, 'Roll for me');
    expect(reply).toMatchObject({
      status: 'complete',
      text: 'It says: rolled {"dice":"2d6"}',
      tools: [{ name: 'roll', title: 'Roll dice', plugin: 'Roller', failed: false }],
    });
    const [first, second] = chat.prompts as [Generate, Generate];
    expect(first.tools).toEqual([{ name: 'roll', description: 'Rolls.', input: SCHEMA }]);
    expect(second.messages.slice(-2)).toMatchObject([
      { role: 'assistant', calls: [{ name: 'roll' }] },
      { role: 'tool', call: 'call-1' },
    ]);
    expect((await chat.messages(conversation)).at(-1)?.tools).toEqual(reply.tools);
  });

  test.each([
    ['a tool that does not exist', call('{}', 'launch'), 'There is no tool "launch"'],
    ['what is no JSON', call('{"dice":'), 'must be a JSON object'],
    ['a list', call('[]'), 'must be a JSON object'],
    ['a key too few', call('{}'), '"dice" is missing'],
    ['a key too many', call('{"dice":"d6","__proto__":1}'), 'not known'],
    ['another type', call('{"dice":6}'), '"dice" must be a string'],
    ['a part of a number', call('{"dice":"d6","times":1.5}'), '"times" must be a integer'],
  ])('leave the turn alive when the model asks for %s', async (_, asked, said) => {
    let ran = 0;
    await calling([asked], () => {
      ran += 1;
      return 'ran';
    });
    const { reply } = await chat.say(await chat.create(), 'Roll for me');
    expect(reply).toMatchObject({ status: 'complete', tools: [{ failed: true }] });
    expect(reply.text).toContain(said);
    expect(ran).toBe(0);
  });

  test('leave the turn alive when the tool fails', async () => {
    await calling([call('{"dice":"d6"}')], () => {
      throw new AicoError('CHAT_TURN_INVALID', { subject: 'dice', details: { problem: 'rolled off the table' } });
    });
    const { reply } = await chat.say(await chat.create(), 'Roll for me');
    expect(reply).toMatchObject({ status: 'complete', tools: [{ failed: true }] });
    expect(reply.text).toContain('rolled off the table');
  });

  test('end after four rounds: a model that only calls has to answer without them', async () => {
    await calling(
      Array.from({ length: 9 }, () => call('{"dice":"d6"}')),
      () => '6',
    );
    const { reply } = await chat.say(await chat.create(), 'Roll for me');
    expect([reply.status, reply.tools?.length, chat.prompts.length]).toEqual(['complete', 4, 5]);
    expect(chat.prompts.at(-1)?.tools).toBeUndefined();
  });
});
