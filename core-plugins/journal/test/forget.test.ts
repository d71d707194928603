import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '@aico/sdk';
import { expect, test } from 'vitest';
import type { Journal } from '../src/journal.ts';
import { SealedLog } from '../src/sealed-log.ts';
import { segmentPath } from '../src/segment.ts';
import { event, openJournal, TOPIC } from './open-journal.ts';
import { codeOf, logOptions, temporaryFolder } from './temporary-journal.ts';

const NAME = 'memory/main';
const MARK = '7d9f2d9e-0000-4000-8000-000000000001';
const SMALL = { segmentBytes: 400 };

/** A consumer that settles everything, or gives back what a rule says. */
async function consume(journal: Journal, gives: (delivery: Delivery) => boolean = () => false) {
  const group = await journal.join(NAME, { pattern: TOPIC, group: 'main', from: { at: 'start' } });
  const seen: Delivery[] = [];
  const write = async (delivery: Delivery): Promise<void> => {
    seen.push(delivery);
    const back = gives(delivery);
    const { sequence } = delivery;
    const returned = back ? [{ sequence, problem: 'It did not fit.', delayMs: 0 }] : [];
    setImmediate(() =>
      group.settle({ pattern: TOPIC, group: 'main', acknowledged: back ? [] : [sequence], returned }, 'a'),
    );
  };
  group.join({ incarnation: 'a', maxInFlight: 10, write, onFailure: () => {} }, 1);
  return seen;
}

/** Every record that a folder holds, opened with the key. */
async function recordsIn(folder: string, name: 'events' | 'groups' = 'events'): Promise<string[]> {
  const log = await SealedLog.open({ ...logOptions(folder), name });
  const found: string[] = [];
  for (let from = log.first; ; ) {
    const stretch = await log.read(from);
    if (stretch === undefined) break;
    found.push(...stretch.records.map(({ bytes }) => bytes.toString()));
    from = stretch.next;
  }
  await log.close();
  return found;
}

test('what is forgotten is in no file, its number stays taken, and nobody missed anything [DATA-7]', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder, SMALL);
  for (let at = 1; at <= 12; at += 1)
    await journal.append(event({ message: { id: at % 3 === 0 ? MARK : `other-${at}`, text: `word${at}` } }));
  const seen = await consume(journal, ({ sequence }) => sequence === 6);
  await expect.poll(() => seen.length).toBe(12);
  await expect.poll(() => journal.group(NAME).status().dead).toBe(1);

  expect(await journal.forget([MARK], Date.now() + 60_000)).toBe(4);
  expect(await journal.forget([MARK], Date.now() + 60_000)).toBe(0);
  expect((await journal.status()).topics).toEqual([{ topic: TOPIC, events: 8 }]);
  expect(journal.group(NAME).status()).toMatchObject({ dead: 0, missed: 0, waiting: 0 });
  expect(await journal.event(3)).toBeUndefined();
  expect((await journal.event(4))?.data).toEqual({ message: { id: 'other-4', text: 'word4' } });
  expect(await journal.append(event({ message: { id: 'later' } }))).toBe(13);
  await journal.close();
  expect(journal.reported).toEqual({ damaged: [], dead: [6], failed: [], dropped: [] });

  const records = await recordsIn(folder);
  expect(records).toHaveLength(13);
  expect(records.filter((text) => text.includes(MARK) || /word(3|6|9|12)\b/.test(text))).toEqual([]);
  expect(records.filter((text) => text.includes('word'))).toHaveLength(8);

  const again = await openJournal(folder, SMALL);
  const second = await consume(again);
  await again.rewind(NAME, { at: 'start' });
  await expect.poll(() => second.length).toBeGreaterThanOrEqual(9);
  expect(second.map(({ sequence }) => sequence)).not.toContain(3);
  expect(again.group(NAME).status()).toMatchObject({ missed: 0 });
  await again.close();
});

test('why an event died that is forgotten goes with it, and what a letter that stays says of itself does not [DATA-7, BUS-6]', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder, SMALL);
  for (const id of [MARK, 'other', 'third']) await journal.append(event({ message: { id } }));
  await consume(journal, () => true);
  await expect.poll(() => journal.group(NAME).status().dead).toBe(3);
  await journal.flush();
  const died = async () =>
    (await recordsIn(folder, 'groups')).join('').match(/"sequence":\d+,[^}]*It did not fit/g) ?? [];
  journal.group(NAME).discard(3);
  expect(await journal.forget([MARK], Date.now() + 60_000)).toBe(1);
  await journal.close();
  const left = await died();
  expect(left.length).toBeGreaterThan(0);
  expect(left.filter((each) => !each.startsWith('"sequence":2,'))).toEqual([]);
  const again = await openJournal(folder, SMALL);
  expect(again.group(NAME).status()).toMatchObject({ dead: 1, waiting: 0 });
  await again.close();
});

test('forgetting fails and says why when there is no way to write anew, and is made up for later [DATA-7]', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder);
  await journal.append(event({ message: { id: MARK } }));
  const inTheWay = segmentPath(folder, 'events', 2);
  mkdirSync(inTheWay);
  expect(await codeOf(() => journal.forget([MARK], 0))).toBe('JOURNAL_UNWRITABLE');
  expect(await journal.event(1)).toBeDefined();
  rmdirSync(inTheWay);
  expect(await journal.forget([MARK], 0)).toBe(1);
  expect(await journal.event(1)).toBeUndefined();
  await journal.close();
});

test('of what is sealed everything from the time on goes, up to a bound if there is one, waiting or not, and nothing older [DATA-7]', async () => {
  const folder = temporaryFolder();
  let now = 1_000_000;
  const journal = await openJournal(folder, { ...SMALL, now: () => now });
  const sealed = (text: string) => ({ ...event({ sealed: 1, epoch: 1, nonce: 'n', box: text }), time: now });
  for (const text of ['early', 'secret', 'after']) {
    now += 1_000_000;
    await journal.append(sealed(text));
  }
  await journal.join(NAME, { pattern: TOPIC, group: 'main', from: { at: 'start' } });
  expect(await journal.forget([MARK], 3_000_000, 2_999_999)).toBe(0);
  expect(await journal.forget([MARK], 3_000_000, 3_500_000)).toBe(1);
  expect(await journal.forget([MARK], 3_000_000)).toBe(1);
  const seen = await consume(journal);
  await expect.poll(() => seen.map(({ sequence }) => sequence)).toEqual([1]);
  expect(journal.group(NAME).status()).toMatchObject({ missed: 0, waiting: 0 });
  await journal.close();
  expect((await recordsIn(folder)).filter((text) => text.includes('box'))).toEqual([expect.stringContaining('early')]);
});

test('a file that held it is written anew under another key, the others stay as they are [DATA-7]', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder, SMALL);
  for (let at = 1; at <= 9; at += 1) await journal.append(event({ at, id: at === 5 ? MARK : 'x'.repeat(36) }));
  const files = () => readdirSync(folder).filter((name) => /^events-\d+\.log$/.test(name));
  const before = new Map(files().map((name) => [name, readFileSync(join(folder, name))]));
  writeFileSync(join(folder, 'events-0000000001.log.128.damaged'), MARK);
  await journal.forget([MARK], Date.now() + 60_000);
  const changed = [...before].filter(([name, bytes]) => !readFileSync(join(folder, name)).equals(bytes));
  expect(changed).toHaveLength(1);
  const [name = '', old = Buffer.of()] = changed[0] ?? [];
  // Bytes 26 to 42 are the salt, from which the file's key follows.
  expect(readFileSync(join(folder, name)).subarray(26, 42).equals(old.subarray(26, 42))).toBe(false);
  expect(readdirSync(folder).filter((each) => /damaged|\.new$/.test(each))).toEqual([]);
  await journal.close();
});

test('events go on being kept and handed out while others are taken out [DATA-7, BUS-6]', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder, SMALL);
  const seen = await consume(journal);
  const kept: Promise<number>[] = [];
  for (let at = 1; at <= 200; at += 1) {
    kept.push(journal.append(event({ at, id: at % 50 === 0 ? MARK : 'none' })));
    if (at % 40 === 0) await Promise.all([journal.forget([MARK], Date.now() + 60_000), ...kept]);
  }
  await Promise.all(kept);
  await journal.forget([MARK], Date.now() + 60_000);
  await expect.poll(() => new Set(seen.map(({ sequence }) => sequence)).size).toBeGreaterThanOrEqual(196);
  expect(journal.reported).toEqual({ damaged: [], dead: [], failed: [], dropped: [] });
  expect(journal.group(NAME).status()).toMatchObject({ missed: 0, position: 200 });
  await journal.close();
  expect((await recordsIn(folder)).filter((text) => text.includes(MARK))).toEqual([]);
});
