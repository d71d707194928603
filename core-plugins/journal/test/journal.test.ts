import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '@aico/sdk';
import { expect, onTestFinished, test } from 'vitest';
import type { Journal } from '../src/journal.ts';
import { segmentPath } from '../src/segment.ts';
import { Tidier } from '../src/tidier.ts';
import { event, openJournal, TOPIC } from './open-journal.ts';
import { codeOf, temporaryFolder } from './temporary-journal.ts';

const NAME = 'memory/main';
const DAY_MS = 86_400_000;
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && trial();

test('a stop in peace repeats nothing and loses nothing; dead letters and tries are kept [BUS-6] [SVC-7]', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder);
  const one = await consume(journal);
  for (let at = 1; at <= 6; at += 1) await journal.append(event({ at }));
  await until(() => one.seen.length === 6);
  one.settle([1, 2, 4], [3]);
  await journal.close();

  const again = await openJournal(folder);
  const two = await consume(again);
  await again.append(event({ at: 7 }));
  await until(() => two.seen.length === 4);
  expect(two.seen.map(({ sequence, attempt }) => [sequence, attempt])).toEqual([
    [3, 2],
    [5, 1],
    [6, 1],
    [7, 1],
  ]);
  for (let attempt = 3; attempt <= 6; attempt += 1) {
    two.settle([], [3]);
    await pause(5);
  }
  expect(again.reported.dead).toEqual([3]);
  await again.close();

  const third = await openJournal(folder);
  expect(third.group(NAME).letter(3)).toMatchObject({ attempts: 5, problem: 'It did not fit.' });
  await third.group(NAME).replay(3);
  await third.close();
  const fourth = await openJournal(folder);
  const four = await consume(fourth);
  await until(() => four.seen.length === 4);
  expect(four.seen.map(({ sequence }) => sequence)).toEqual([3, 5, 6, 7]);
  four.settle([3, 5, 6, 7], []);
  await fourth.close();
  const fifth = await openJournal(folder);
  expect(fifth.group(NAME).status()).toMatchObject({ position: 7, waiting: 0, dead: 0 });
  await fifth.close();
});

test('positions survive being written anew again and again, and the loss of the newest image [BUS-6]', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder, { compactBytes: 2_000 });
  const one = await consume(journal);
  for (let at = 1; at <= 400; at += 1) {
    await journal.append(event({ at }));
    await until(() => one.seen.length === at);
    if (at !== 5) one.settle([at], []);
    if (at % 4 === 0) await journal.flush();
  }
  await journal.close();
  const files = groupFiles(folder);
  expect(files.length).toBe(2);
  expect(Number(files[1]?.match(/(\d+)\.log$/)?.[1])).toBeGreaterThan(3);
  const bytes = readFileSync(files[1] ?? '');
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  writeFileSync(files[1] ?? '', bytes);
  const again = await openJournal(folder);
  expect(again.reported.damaged.length).toBeGreaterThan(0);
  const two = await consume(again);
  await until(() => two.seen.length >= 1);
  expect(two.seen[0]?.sequence).toBe(5);
  expect(again.group(NAME).state.floor).toBe(4);
  await again.close();
});

test('what is damaged is reported and counted as missed; the rest is handed out', async () => {
  const folder = temporaryFolder();
  const journal = await openJournal(folder);
  await consume(journal);
  for (let at = 1; at <= 9; at += 1) await journal.append(event({ at }));
  journal.group(NAME).pause();
  await journal.close();
  const file = join(folder, readdirSync(folder).find((name) => name.startsWith('events')) ?? '');
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  const again = await openJournal(folder);
  const one = await consume(again);
  await until(() => one.seen.length === 8);
  expect(again.reported.damaged.length).toBeGreaterThan(0);
  expect(again.group(NAME).status().missed).toBe(1);
  expect((await again.status()).damaged).toBeGreaterThan(0);
  await again.close();
});

test('whole files go by age and by size; what a group still needs goes only by age, and is counted', async () => {
  let now = Date.now();
  const journal = await openJournal(temporaryFolder(), { now: () => now, segmentBytes: 4_096 });
  const one = await consume(journal);
  const put = async (): Promise<void> => {
    for (let at = 1; at <= 40; at += 1) await journal.append({ ...event({ filler: 'x'.repeat(500) }), time: now });
  };
  await put();
  await until(() => one.seen.length === 40);
  const limits = { maxAgeMs: 30 * DAY_MS, maxBytes: 10_000 };
  await journal.tidy(limits);
  expect((await journal.status()).first).toBe(1);
  one.settle(
    one.seen.slice(0, 30).map(({ sequence }) => sequence),
    [],
  );
  await journal.flush();
  await journal.tidy(limits);
  const { first, bytes, events, topics } = await journal.status();
  expect(first).toBeGreaterThan(15);
  expect(first).toBeLessThanOrEqual(31);
  expect([events, topics]).toEqual([41 - first, [{ topic: TOPIC, events: 41 - first }]]);
  expect(bytes).toBeGreaterThan(4_096);
  now += 31 * DAY_MS;
  await journal.tidy(limits);
  await journal.tidy(limits);
  expect(await journal.status()).toMatchObject({ first: 41, last: 40, events: 0 });
  expect(journal.group(NAME).status()).toMatchObject({ missed: 10, waiting: 0, inFlight: 0 });
  expect(journal.reported.dropped.length).toBeGreaterThan(1);
  await put();
  await until(() => one.seen.length === 80);
  await journal.close();
});

test('a clock that jumps ahead drops no event and forgets no group, before and after a restart; a steady week later it does [DATA-6]', async () => {
  let now = Date.now();
  const folder = temporaryFolder();
  const waits: number[] = [];
  const open = async () => {
    const journal = await openJournal(folder, { now: () => now, segmentBytes: 4_096 });
    const settings = () => ({ days: 30, megabytes: 100 });
    const onWait = ({ believed }: { believed: number }) => void waits.push(believed);
    return { journal, tidier: new Tidier({ journal, folder, settings, now: () => now, onWait }) };
  };
  const before = await open();
  await before.journal.join(NAME, { group: 'main', pattern: TOPIC, from: { at: 'start' } });
  for (let at = 1; at <= 40; at += 1) await before.journal.append({ ...event({ filler: 'x'.repeat(500) }), time: now });
  await before.tidier.tidy();
  const right = now;
  now += 400 * DAY_MS;
  await before.tidier.tidy();
  expect((await before.journal.status()).events).toBe(40);
  await before.journal.close();
  const { journal, tidier } = await open();
  for (let day = 0; day < 6; day += 1) {
    now += DAY_MS;
    await tidier.tidy();
  }
  expect((await journal.status()).events).toBe(40);
  expect(journal.group(NAME).status().waiting).toBe(40);
  expect(waits).toEqual([right]);
  now += DAY_MS;
  await tidier.tidy();
  await tidier.tidy();
  expect((await journal.status()).events).toBe(0);
  await journal.close();
});

test('old files go also where no new one can be made [BUS-6]', async () => {
  let now = Date.now();
  const folder = temporaryFolder();
  const journal = await openJournal(folder, { now: () => now, segmentBytes: 4_096 });
  for (let at = 1; at <= 20; at += 1) await journal.append(event({ filler: 'x'.repeat(500) }));
  mkdirSync(segmentPath(folder, 'events', readdirSync(folder).filter((name) => name.startsWith('events')).length + 1));
  now += 31 * DAY_MS;
  await journal.tidy({ maxAgeMs: 30 * DAY_MS, maxBytes: 1_000_000 });
  expect((await journal.status()).first).toBeGreaterThan(10);
  expect(journal.reported.failed).toMatchObject([{ code: 'JOURNAL_UNWRITABLE' }]);
  await journal.close();
});

test('a group that nobody joins any more is forgotten in time', async () => {
  let now = Date.now();
  const journal = await openJournal(temporaryFolder(), { now: () => now });
  const one = await consume(journal);
  const limits = { maxAgeMs: 30 * DAY_MS, maxBytes: 10_000 };
  now += 31 * DAY_MS;
  await journal.tidy(limits);
  expect(journal.group(NAME).status().members).toBe(1);
  one.leave();
  now += 31 * DAY_MS;
  await journal.tidy(limits);
  expect(await codeOf(async () => journal.group(NAME))).toBe('JOURNAL_GROUP_UNKNOWN');
  await journal.close();
});

test.skipIf(!canMount)(
  'a full disk is said, loses nothing, and is over when there is room (needs root to mount a small disk) [BUS-6]',
  async () => {
    const folder = smallDisk();
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(600_000));
    const journal = await openJournal(folder);
    const one = await consume(journal);
    let kept = 0;
    let code: unknown;
    for (; code === undefined; kept += code === undefined ? 1 : 0)
      code = await codeOf(() => journal.append(event({ filler: 'x'.repeat(8_000) })));
    expect(code).toBe('JOURNAL_FULL');
    expect(await codeOf(() => journal.append(event({ filler: 'x'.repeat(80_000) })))).toBe('JOURNAL_FULL');
    await until(() => one.seen.length === kept);
    one.settle([1, 2, 3], []);
    await journal.flush();
    run('rm', ballast);
    expect(await journal.append(event({ filler: 'x'.repeat(8_000) }))).toBe(kept + 1);
    await pause(1_100);
    await journal.close();
    const again = await openJournal(folder);
    expect(again.group(NAME).state.floor).toBe(3);
    const two = await consume(again);
    await until(() => two.seen.length === kept + 1 - 3);
    await again.close();
  },
);

test.skipIf(!canMount)('a read-only disk is said (needs root to mount one)', async () => {
  const folder = smallDisk();
  run('mount', '-o', 'remount,ro', folder);
  expect(await codeOf(() => openJournal(folder))).toBe('JOURNAL_UNWRITABLE');
});

async function consume(journal: Journal) {
  const group = await journal.join(NAME, { pattern: TOPIC, group: 'main' });
  const seen: Delivery[] = [];
  const write = async (delivery: Delivery): Promise<void> => void seen.push(delivery);
  const member = group.join({ incarnation: 'a', maxInFlight: 1_000, write, onFailure: () => {} }, 5);
  return {
    seen,
    leave: () => group.leave(member),
    settle: (acknowledged: number[], returned: number[]) =>
      group.settle(
        {
          pattern: TOPIC,
          group: 'main',
          acknowledged,
          returned: returned.map((sequence) => ({ sequence, problem: 'It did not fit.', delayMs: 0 })),
        },
        'a',
      ),
  };
}

function groupFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('groups'))
    .sort()
    .map((name) => join(folder, name));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 2) {
    if (waited > 10_000) throw new Error('it did not come true');
    await pause(2);
  }
}

function smallDisk(): string {
  const folder = temporaryFolder();
  run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  onTestFinished(() => run('umount', '-l', folder));
  return folder;
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

function trial(): boolean {
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
}
