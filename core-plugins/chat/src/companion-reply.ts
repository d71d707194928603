import { AicoError, type Bus, type ChatMessage, type Log } from '@aico/sdk';
import { HISTORY, historyOf } from './history.ts';
import type { MessageStore } from './message-store.ts';
import { recall } from './remember.ts';
import type { Turn } from './turn.ts';

/** Longer than any model server may be silent, so that its own error comes first. */
const SILENCE_MS = 3_700_000;

export interface CompanionPowers {
  readonly bus: Bus;
  readonly log: Log;
  readonly messages: MessageStore;
}

/** Fills a turn with what the companion says; returns what is known of how. @throws AicoError */
export async function replyAsCompanion(
  { bus, log, messages }: CompanionPowers,
  turn: Turn,
  said: ChatMessage,
): Promise<Partial<ChatMessage>> {
  const history = historyOf(await messages.before(turn.reply, HISTORY));
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
  try {
    const options = { signal: turn.signal, timeoutMs: SILENCE_MS, trace: turn.trace };
    const stream = bus.stream('llm.generate.v1', prompt, options);
    for await (const { text } of stream) turn.append(text);
    const { provider, model, usage } = await stream.result;
    return { provider, model, usage };
  } catch (error) {
    const absent = error instanceof AicoError && ['KERNEL_NO_SERVER', 'KERNEL_SERVER_GONE'].includes(error.code);
    throw absent ? new AicoError('CHAT_MODEL_ABSENT', { subject: 'llm', cause: error }) : error;
  }
}
