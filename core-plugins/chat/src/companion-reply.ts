import {
  AicoError,
  type Blobs,
  type Bus,
  type ChatMessage,
  type Generate,
  type GenerateResult,
  type Log,
  type PromptMessage,
} from '@aico/sdk';
import type { CommandBook } from './command-book.ts';
import { HISTORY, historyOf } from './history.ts';
import type { MessageStore } from './message-store.ts';
import { recall } from './remember.ts';
import { toldWithContent } from './told-files.ts';
import { callTool, described } from './tools.ts';
import type { Turn } from './turn.ts';

/** Longer than any model server may be silent, so that its own error comes first. */
const SILENCE_MS = 3_700_000;
/** How often a model may call tools before it has to answer. */
const MAX_ROUNDS = 4;
const MAX_CALLS_A_ROUND = 4;

export interface CompanionPowers {
  readonly bus: Bus;
  readonly blobs: Pick<Blobs, 'read'>;
  readonly log: Log;
  readonly messages: MessageStore;
  readonly commands: Pick<CommandBook, 'tools'>;
}

/** Fills a turn with what the companion says; returns what is known of how. @throws AicoError */
export async function replyAsCompanion(
  { bus, blobs, log, messages, commands }: CompanionPowers,
  turn: Turn,
  said: ChatMessage,
): Promise<Partial<ChatMessage>> {
  const history = historyOf(await messages.before(turn.reply, HISTORY));
  const last = history.at(-1);
  const told = said.attachments && last?.role === 'user' ? await toldWithContent(said, blobs) : undefined;
  if (told && last) last.text = told.text;
  const about = {
    text: said.text,
    message: said.id,
    first: history.length <= 1,
    signal: turn.signal,
    trace: turn.trace,
  };
  const items = await recall(bus, log, about);
  if (items !== undefined && items.length > 0) turn.remember(items);
  const recalled = items?.map(({ text, when }) => ({ text, when, source: 'conversation' }));
  const prompt = { messages: history, ...(recalled === undefined ? {} : { recalled }) };
  const options = { signal: turn.signal, timeoutMs: SILENCE_MS, trace: turn.trace };
  try {
    const { provider, model, usage } = await converse(bus, await commands.tools(), turn, prompt, options);
    return { provider, model, usage, ...(told && { filesRead: told.filesRead }) };
  } catch (error) {
    const absent = error instanceof AicoError && ['KERNEL_NO_SERVER', 'KERNEL_SERVER_GONE'].includes(error.code);
    throw absent ? new AicoError('CHAT_MODEL_ABSENT', { subject: 'llm', cause: error }) : error;
  }
}

interface Options {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly trace: Turn['trace'];
}

/** Lets the model speak and call tools in turn; its last word is without tools, so that there is one. */
async function converse(
  bus: Bus,
  tools: Awaited<ReturnType<CommandBook['tools']>>,
  turn: Turn,
  prompt: Generate,
  options: Options,
): Promise<GenerateResult> {
  const told: PromptMessage[] = [...prompt.messages];
  for (let round = 0; ; round += 1) {
    const offered = round < MAX_ROUNDS && tools.length > 0 ? { tools: tools.map(described) } : {};
    const stream = bus.stream('llm.generate.v1', { ...prompt, messages: told, ...offered }, options);
    let said = '';
    for await (const { text } of stream) {
      // What it says after a tool ran is a paragraph of its own.
      turn.append(said === '' && round > 0 && turn.reply.text !== '' ? `\n\n${text}` : text);
      said += text;
    }
    const result = await stream.result;
    const calls = result.calls?.slice(0, MAX_CALLS_A_ROUND) ?? [];
    if (calls.length === 0 || round >= MAX_ROUNDS) return result;
    told.push({ role: 'assistant', text: said, calls });
    for (const call of calls) {
      const { text, use } = await callTool(bus, tools, call, options);
      turn.use(use);
      told.push({ role: 'tool', text, call: call.id });
    }
  }
}
