import type { House } from './house.ts';
import { seeded, textOf } from './seeded.ts';

const WHEN = '2026-11-26T12:00:00.000Z';

/** Conversations with messages and files, memories, and what a stranger's plugin keeps: different for each seed. */
export function fill({ kept, blobs }: House, seed: number): void {
  const { below, uuid } = seeded(seed);
  const [chat, memory, diary] = ['chat', 'memory', 'diary'].map((id) => kept.get(id));
  const conversations = Array.from({ length: 1 + below(4) }, () => ({
    ...{ id: uuid(), title: textOf(below).slice(0, 200), named: below(2) === 1, createdAt: WHEN, updatedAt: WHEN },
  }));
  let place = 0;
  const messages = conversations.flatMap(({ id: conversation }) =>
    Array.from({ length: below(6) }, () => {
      place += 1 + below(3);
      const about = { id: uuid(), conversation, place, createdAt: WHEN };
      const attachments = Array.from({ length: below(5) === 0 ? 1 + below(2) : 0 }, () => {
        const blob = String(blobs.size).padStart(64, 'a');
        blobs.set(blob, Buffer.alloc(below(3) * 70_000, below(256)));
        const size = blobs.get(blob)?.length ?? 0;
        return {
          id: blob,
          name: `${textOf(below)
            .replace(/[^\p{L}\p{N}\p{S} ]/gu, '')
            .slice(0, 50)}.txt`,
          type: 'text/plain',
          size,
        };
      });
      const beside = attachments.length > 0 ? { attachments } : {};
      return { ...about, role: 'user', status: 'complete', text: textOf(below), ...beside };
    }),
  );
  const said = (): string => messages[below(messages.length)]?.id ?? uuid();
  const memories = Array.from({ length: below(8) }, (_, part) => ({
    ...{ id: uuid(), text: textOf(below).slice(0, 4000), when: WHEN, conversation: uuid(), message: said() },
    ...{ part, asks: below(2) === 1 },
  }));
  chat?.set('conversations', conversations).set('messages', messages);
  memory?.set('memories', memories);
  diary?.set(
    'entries',
    Array.from({ length: below(4) }, (_, at) => ({ id: `day-${at}`, deep: { text: textOf(below) } })),
  );
}
