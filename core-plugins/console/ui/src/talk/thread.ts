import type { ChatMessage, ErrorReport, MessagePage, TurnChunk } from '@aico/sdk';

/** How far the user's own message got: on its way, waiting for the connection, or refused. */
export type Delivery = 'sending' | 'waiting' | 'refused';

/** A message as the thread shows it. */
export interface Entry {
  readonly message: ChatMessage;
  readonly delivery?: Delivery;
  /** Why it was refused. */
  readonly refusal?: ErrorReport;
}

/** One conversation's messages, oldest first. Every function here returns a new thread. */
export interface Thread {
  readonly entries: readonly Entry[];
  /** Cursor of the page before the first entry; undefined when the beginning is here. */
  readonly previous?: string;
}

export const EMPTY_THREAD: Thread = { entries: [] };

/** The newest page. What is not kept yet (a message on its way) stays at the end. */
export function withNewestPage(thread: Thread, page: MessagePage): Thread {
  const unkept = thread.entries.filter(({ delivery }) => delivery !== undefined);
  const known = new Set(page.messages.map(({ id }) => id));
  const entries = [
    ...page.messages.map((message) => ({ message })),
    ...unkept.filter(({ message }) => !known.has(message.id)),
  ];
  return threadOf(entries, page.previous);
}

/** The page before what is here. */
export function withOlderPage(thread: Thread, page: MessagePage): Thread {
  const known = new Set(thread.entries.map(({ message }) => message.id));
  const older = page.messages.filter(({ id }) => !known.has(id)).map((message) => ({ message }));
  return threadOf([...older, ...thread.entries], page.previous);
}

/** What the user sends, shown before it is kept. */
export function withOwnMessage(thread: Thread, message: ChatMessage, delivery: Delivery): Thread {
  return upsert(thread, { message, delivery });
}

/** Another fate for the user's message. */
export function withDelivery(thread: Thread, id: string, delivery: Delivery, refusal?: ErrorReport): Thread {
  return mapEntry(thread, id, ({ message }) => ({ message, delivery, ...(refusal && { refusal }) }));
}

/** A piece of the turn under way, whose reply is `reply` once it began. */
export function withChunk(thread: Thread, chunk: TurnChunk, reply: string | undefined): Thread {
  switch (chunk.kind) {
    case 'started': {
      const withUser = chunk.userMessage ? upsert(thread, { message: chunk.userMessage }) : thread;
      return upsert(withoutSiblings(withUser, chunk.reply), { message: chunk.reply });
    }
    case 'remembered':
      return mapMessage(thread, reply, (message) => ({ ...message, remembered: chunk.items }));
    case 'text':
      return mapMessage(thread, reply, (message) => ({ ...message, text: message.text + chunk.text }));
  }
}

/** A message that is complete and kept, whoever began it. */
export function withMessage(thread: Thread, message: ChatMessage): Thread {
  return upsert(message.role === 'user' ? thread : withoutSiblings(thread, message), { message });
}

/** A reply that broke off: what there is of it is kept, with the reason. */
export function withBrokenReply(thread: Thread, reply: string, error: ErrorReport): Thread {
  return mapMessage(thread, reply, (message) =>
    message.status === 'streaming' ? { ...message, status: 'failed', error } : message,
  );
}

/** What was not kept yet, and nothing that was read. What was on its way waits; what was refused is its writer's to send again. */
export function unsentOnly(thread: Thread): Thread {
  const unsent = thread.entries.filter(({ delivery }) => delivery !== undefined);
  return { entries: unsent.map((entry) => (entry.delivery === 'sending' ? { ...entry, delivery: 'waiting' } : entry)) };
}

/** A retried reply takes the place of the one before it. */
function withoutSiblings(thread: Thread, reply: ChatMessage): Thread {
  if (reply.replyTo === undefined) return thread;
  const isSibling = ({ message }: Entry): boolean =>
    message.id !== reply.id && message.role !== 'user' && message.replyTo === reply.replyTo;
  return threadOf(
    thread.entries.filter((entry) => !isSibling(entry)),
    thread.previous,
  );
}

function upsert(thread: Thread, entry: Entry): Thread {
  const index = thread.entries.findIndex(({ message }) => message.id === entry.message.id);
  if (index === -1) return threadOf([...thread.entries, entry], thread.previous);
  return threadOf(thread.entries.with(index, entry), thread.previous);
}

function mapEntry(thread: Thread, id: string, change: (entry: Entry) => Entry): Thread {
  const index = thread.entries.findLastIndex(({ message }) => message.id === id);
  const entry = thread.entries[index];
  return entry ? threadOf(thread.entries.with(index, change(entry)), thread.previous) : thread;
}

function mapMessage(thread: Thread, id: string | undefined, change: (message: ChatMessage) => ChatMessage): Thread {
  if (id === undefined) return thread;
  return mapEntry(thread, id, (entry) => ({ ...entry, message: change(entry.message) }));
}

function threadOf(entries: readonly Entry[], previous: string | undefined): Thread {
  return previous === undefined ? { entries } : { entries, previous };
}
