import { expect, test } from 'vitest';
import type { Journal } from '../src/journal.ts';
import { event, openJournal } from './open-journal.ts';
import { temporaryFolder } from './temporary-journal.ts';

test('events are listed a page at a time without what they say, and from the oldest that is kept on [DATA-4]', async () => {
  const journal = await openJournal(temporaryFolder(), { segmentBytes: 2_000 });
  expect(await journal.list()).toEqual({ events: [], first: 1, last: 0, next: 0, more: false });
  for (let at = 1; at <= 100; at += 1) await journal.append(event({ at, text: 'Secret plan '.repeat(4) }));
  const all = await listAll(journal, 7);
  expect(all.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  expect(JSON.stringify(all)).not.toContain('Secret');
  expect(all[0]).toMatchObject({ topic: 'chat.message.created.v1', sender: 'chat', bytes: 66 });

  await journal.tidy({ maxAgeMs: 86_400_000, maxBytes: 4_000 });
  const page = await journal.list(0, 3);
  expect(page.first).toBeGreaterThan(1);
  expect(page.events.map(({ sequence }) => sequence)).toEqual([page.first, page.first + 1, page.first + 2]);
  expect(await journal.list(100)).toMatchObject({ events: [], last: 100, next: 100, more: false });
  await journal.close();
});

test('events that were forgotten are not listed, and those around them are, on pages of any size [DATA-4, DATA-7]', async () => {
  const journal = await openJournal(temporaryFolder(), { segmentBytes: 500 });
  const forgotten = (at: number): boolean => at <= 4 || at % 3 === 0;
  for (let at = 1; at <= 20; at += 1) await journal.append(event({ at, id: forgotten(at) ? 'mark' : 'other' }));
  await journal.forget(['mark'], Date.now() + 60_000);
  for (const limit of [1, 2, 5, 100]) {
    const listed = (await listAll(journal, limit)).map(({ sequence }) => sequence);
    expect([limit, listed]).toEqual([limit, [5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20]]);
  }
  await journal.close();
});

async function listAll(journal: Journal, limit: number): Promise<Awaited<ReturnType<Journal['list']>>['events']> {
  const all = [];
  for (let after = 0; ; ) {
    const { events, next, more } = await journal.list(after, limit);
    all.push(...events);
    if (!more) return all;
    after = next;
  }
}
