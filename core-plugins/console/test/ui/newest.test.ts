import type { Conversation } from '@aico/sdk';
import { expect, test } from 'vitest';
import { Newest } from '../../ui/src/api/newest.ts';
import { after, inOrder } from '../../ui/src/talk/conversation-order.ts';

test('an answer that was overtaken by what was told is not taken, the next one is [UI-1]', async () => {
  const newest = new Newest();
  expect(await newest.answer(async () => 'first')).toBe('first');
  const overtaken = newest.answer(async () => 'old');
  newest.told();
  expect(await overtaken).toBeUndefined();
  expect(await newest.answer(async () => 'new')).toBe('new');
  await expect(newest.answer(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
});

test('a change of a conversation is put on top of a page of them [UI-1]', () => {
  const [tea, cats] = ['tea', 'cats'].map(
    (id, at) => ({ id, title: id, updatedAt: `2026-01-0${at + 1}T00:00:00.000Z` }) as unknown as Conversation,
  );
  if (tea === undefined || cats === undefined) throw new Error('two conversations are made');
  const page = inOrder([tea]);
  expect(after(page, { conversation: cats, change: 'created' })).toEqual([cats, tea]);
  expect(after(page, { conversation: { ...tea, title: 'coffee' }, change: 'updated' })[0]?.title).toBe('coffee');
  expect(after(page, { conversation: tea, change: 'deleted' })).toEqual([]);
});
