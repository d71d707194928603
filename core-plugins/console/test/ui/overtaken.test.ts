import type { Conversation, ConversationChanged, LlmStatus } from '@aico/sdk';
import { expect, test } from 'vitest';
import type { Bus } from '../../ui/src/api/bus.ts';
import { usePlainState } from '../support/plain-state.ts';

/** A bus of which a test says when an answer arrives and when something is told. */
class HeldBus {
  readonly #answers: ((answer: unknown) => void)[] = [];
  #tell: (told: unknown) => void = () => {};

  readonly bus = {
    request: () => new Promise((resolve) => this.#answers.push(resolve)),
    subscribe: (_: string, handler: (told: unknown) => void) => {
      this.#tell = handler;
    },
  } as unknown as Bus;

  tell(told: unknown): void {
    this.#tell(told);
  }

  /** The oldest question's answer arrives. */
  answer(answer: unknown): void {
    this.#answers.shift()?.(answer);
  }
}

usePlainState();

test('who answers is what was told last, also when an older answer arrives after it [UI-1]', async () => {
  const { Models } = await import('../../ui/src/models/models.svelte.ts');
  const held = new HeldBus();
  const models = new Models(held.bus);
  const status = (connected: boolean) => ({ connected, providers: [] }) as unknown as LlmStatus;
  const loading = models.load();
  held.tell(status(true));
  held.answer(status(false));
  await loading;
  expect(models.status?.connected).toBe(true);
  const again = models.load();
  held.answer(status(false));
  await again;
  expect(models.status?.connected).toBe(false);
});

test('a page of conversations takes nothing back of what changed while it was on its way [UI-1]', async () => {
  const { Conversations } = await import('../../ui/src/talk/conversations.svelte.ts');
  const held = new HeldBus();
  const conversations = new Conversations(held.bus);
  const named = (id: string, title: string, day: number) =>
    ({ id, title, updatedAt: `2026-01-0${day}T00:00:00.000Z` }) as unknown as Conversation;
  const tell = (changed: Partial<ConversationChanged>): void => held.tell(changed);
  const loading = conversations.load();
  tell({ conversation: named('new', 'Cats', 4), change: 'created' });
  tell({ conversation: named('old', 'Tea at five', 3), change: 'updated' });
  tell({ conversation: named('gone', 'Secret', 1), change: 'deleted' });
  held.answer({ conversations: [named('old', 'Tea', 2), named('gone', 'Secret', 1)] });
  await loading;
  expect(conversations.items.map(({ title }) => title)).toEqual(['Cats', 'Tea at five']);
});

test('a further page of memories is dropped once another search was asked for [UI-1]', async () => {
  const { Memories } = await import('../../ui/src/memories/memories.svelte.ts');
  const held = new HeldBus();
  const memories = new Memories(held.bus);
  const page = (...ids: string[]) => ({ memories: ids.map((id) => ({ id })), total: 9, next: ids.at(-1) });
  const all = memories.search('');
  held.answer(page('tea'));
  await all;
  const more = memories.more();
  const search = memories.search('cats');
  held.answer(page('coffee'));
  held.answer(page('cats'));
  await Promise.all([more, search]);
  expect(memories.items.map(({ id }) => id)).toEqual(['cats']);
});

test('older connections are dropped once the list was asked anew [UI-1, SEC-8]', async () => {
  const { Egress } = await import('../../ui/src/egress/egress.svelte.ts');
  const held = new HeldBus();
  const egress = new Egress(held.bus);
  const page = (...ids: number[]) => ({ entries: ids.map((id) => ({ id })), more: true });
  const load = async (ask: () => Promise<void>, ...ids: number[]): Promise<void> => {
    const asked = ask();
    held.answer({});
    held.answer(page(...ids));
    await asked;
  };
  await load(() => egress.load(), 9, 8);
  const older = egress.loadOlder();
  const all = egress.show('all');
  held.answer(page(7));
  held.answer({});
  held.answer(page(9, 6));
  await Promise.all([older, all]);
  expect(egress.entries.map(({ id }) => Number(id))).toEqual([9, 6]);

  const again = egress.load();
  const late = egress.loadOlder();
  held.answer({});
  held.answer(page(12, 11));
  await again;
  held.answer(page(5));
  await late;
  expect(egress.entries.map(({ id }) => Number(id))).toEqual([12, 11]);
});
