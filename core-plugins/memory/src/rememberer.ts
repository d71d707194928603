import { randomUUID } from 'node:crypto';
import type { Bus, ChatMessage, Log, MessagePage } from '@aico/sdk';
import type { Meanings } from './meanings.ts';
import type { MemoryStore, NewMemory } from './memory-store.ts';
import type { ModelKeeper } from './model-keeper.ts';
import { splitMessage } from './split-message.ts';
import { isQuestion } from './words.ts';

export interface RemembererPowers {
  readonly bus: Pick<Bus, 'request'>;
  readonly log: Pick<Log, 'debug' | 'warn'>;
  readonly store: MemoryStore;
  readonly model: ModelKeeper;
  readonly meanings: Meanings;
  readonly signal: AbortSignal;
}

const MESSAGES_A_PAGE = 50;
const TEXTS_AT_ONCE = 8;

/** Makes memories of what the user says. */
export class Rememberer {
  readonly #powers: RemembererPowers;
  #reading: Promise<void> | undefined;
  /** Something came since the reading last looked. */
  #more = false;

  constructor(powers: RemembererPowers) {
    this.#powers = powers;
  }

  /** Keeps what one message tells; the model reads it when it is there. */
  async remember(messages: readonly ChatMessage[]): Promise<void> {
    const added = await this.#powers.store.add(messages.flatMap(memoriesOf));
    if (added > 0) void this.read();
  }

  /** Reads conversations on from where it last came to: what was said while nobody listened. */
  async catchUp(): Promise<void> {
    const { store } = this.#powers;
    let cursor = await store.cursor();
    if (cursor === undefined) {
      cursor = await this.#readBackwards();
      if (cursor !== undefined) await store.setCursor(cursor);
      return;
    }
    for (;;) {
      const page = await this.#page({ after: cursor });
      await this.remember(page.messages);
      if (page.next === undefined || page.next === cursor) return;
      cursor = page.next;
      await store.setCursor(cursor);
    }
  }

  /** Lets the model read what it has not read yet. One reading goes on at a time. */
  read(): Promise<void> {
    this.#more = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#more) {
      this.#more = false;
      await this.#read();
    }
  }

  /** Everything there is, newest first; the cursor behind the newest. */
  async #readBackwards(): Promise<string | undefined> {
    let page = await this.#page({});
    const { next } = page;
    await this.remember(page.messages);
    while (page.previous !== undefined) {
      page = await this.#page({ before: page.previous });
      await this.remember(page.messages);
    }
    return next;
  }

  #page(from: { readonly after?: string; readonly before?: string }): Promise<MessagePage> {
    const { bus, signal } = this.#powers;
    return bus.request('chat.message.list.v1', { ...from, limit: MESSAGES_A_PAGE }, { signal });
  }

  async #read(): Promise<void> {
    const { model, meanings, log, signal } = this.#powers;
    try {
      while (!signal.aborted) {
        const unread = await meanings.unread(TEXTS_AT_ONCE);
        if (unread.length === 0) return;
        const vectors = await model.embed(unread.map(({ text }) => text));
        if (vectors === undefined) return;
        await meanings.keep(new Map(unread.map(({ sequence }, at) => [sequence, vectors[at] ?? new Float32Array()])));
      }
    } catch (error) {
      if (!signal.aborted) log.warn('Memories could not be read by the model.', { reason: String(error) });
    }
  }
}

/** The memories that a message makes: none, unless the user said it and it is complete. */
export function memoriesOf({ id, conversation, role, status, text, createdAt }: ChatMessage): NewMemory[] {
  if (role !== 'user' || status !== 'complete') return [];
  return splitMessage(text).map((told, part) => ({
    id: randomUUID(),
    text: told,
    when: momentOf(createdAt, part),
    conversation,
    message: id,
    part,
    asks: isQuestion(told),
  }));
}

/** When a part was said: the parts of a message follow each other by a microsecond, so that pages can end at any. */
function momentOf(createdAt: string, part: number): string {
  return new Date(createdAt).toISOString().replace('Z', `${String(part).padStart(3, '0')}Z`);
}
