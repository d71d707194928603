import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalStatus } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { KillStage } from '../support/kills/kill-stage.ts';
import { requireProcesses } from '../support/platform.ts';
import { PressurePlugin } from '../support/pressure-plugins.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { SmallDisk } from '../support/small-disk.ts';
import { trustStranger } from '../support/stranger.ts';
import { told } from '../support/told.ts';
import { growthWhile } from '../support/weigh.ts';

/** Events of some 400 bytes. */
const FLOOD = 200_000;
/** What may wait for one plugin is 16 MB; the rest is for what the kernel's own work leaves to be collected. */
const MOST_MB = 128;
const PATIENT = { timeout: 60_000, interval: 200 };

interface Outcomes {
  readonly kept: number;
  readonly open: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly error?: unknown;
}

async function open(): Promise<{ product: Product; session: BrowserSession }> {
  const home = await temporaryHome();
  await trustStranger(home, 'trusted');
  const product = await Product.start({ home });
  return { product, session: await BrowserSession.setup(product.url) };
}

/** Stops a plugin's process in its tracks; returns what lets it go on. */
async function freeze(session: BrowserSession, id: string): Promise<() => void> {
  const signal = await signaller(session, id);
  signal('SIGSTOP');
  return () => signal('SIGCONT');
}

/** The same, but for moments in which it answers that it lives: else the kernel would start another in its place. */
async function doze(session: BrowserSession, id: string): Promise<() => void> {
  const signal = await signaller(session, id);
  let awake = false;
  const goOn = (): void => {
    awake = true;
    signal('SIGCONT');
  };
  onTestFinished(goOn);
  const sleep = async (): Promise<void> => {
    while (!awake) {
      signal('SIGSTOP');
      await delay(4000);
      signal('SIGCONT');
      await delay(100);
    }
  };
  void sleep();
  return goOn;
}

async function signaller(session: BrowserSession, id: string): Promise<(name: 'SIGSTOP' | 'SIGCONT') => void> {
  const { processId } = await session.plugin(id);
  // Zero would mean the processes of the test itself.
  if (processId === undefined) throw new Error(`${id} has no process`);
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    try {
      process.kill(processId, name);
    } catch {
      // It is gone already.
    }
  };
  onTestFinished(() => signal('SIGCONT'));
  return signal;
}

test('a slow and a dead subscriber lose the oldest events, are told how many, and cost neither memory nor others [BUS-6, PLG-3]', async (context) => {
  requireProcesses(context);
  const { product, session } = await open();
  const slow = await PressurePlugin.add(product, 'slow');
  const quick = await PressurePlugin.add(product, 'quick');
  const flood = await PressurePlugin.add(product, 'flood');
  /** What a reader got and what it was told to have lost, together, and the newest that it got. */
  const account = async (reader: PressurePlugin, name: string) => {
    const { received, last } = (await reader.order<{ received: number; last: number }>('seen')) ?? {};
    const gaps = (await flood.order<Record<string, number>>('gaps'))?.[name] ?? 0;
    return { accounted: (received ?? 0) + gaps, last, gaps };
  };
  const all = (sent: number) => expect.objectContaining({ accounted: sent, last: sent });

  await slow.order('hold');
  expect(await growthWhile(product.processId, () => flood.order('flood', FLOOD))).toBeLessThan(MOST_MB);
  await expect.poll(() => account(quick, 'quick'), PATIENT).toEqual(all(FLOOD));
  await slow.order('go');
  await expect.poll(() => account(slow, 'slow'), PATIENT).toEqual(all(FLOOD));
  const { gaps } = await account(slow, 'slow');
  expect(gaps).toBeGreaterThan(FLOOD / 2);
  expect((await session.plugin('slow')).traffic.dropped).toBe(gaps);

  const goOn = await freeze(session, 'slow');
  expect(await growthWhile(product.processId, () => flood.order('flood', FLOOD))).toBeLessThan(MOST_MB);
  await expect.poll(() => account(quick, 'quick'), PATIENT).toEqual(all(2 * FLOOD));
  expect(await session.call('GET', '/conversations')).toEqual({ conversations: [] });
  goOn();
  await expect.poll(() => account(slow, 'slow'), PATIENT).toEqual(all(2 * FLOOD));
  const { restarts, traffic } = await session.plugin('slow');
  expect([restarts, traffic.dropped]).toEqual([0, (await account(slow, 'slow')).gaps]);

  await freeze(session, 'slow');
  const error = { code: 'KERNEL_PLUGIN_UNRESPONSIVE', subject: 'slow' };
  await expect.poll(() => session.plugin('slow'), PATIENT).toMatchObject({ restarts: 1, error });
  await expect.poll(() => session.plugin('slow'), PATIENT).toMatchObject({ state: 'active' });
}, 300_000);

test('a publisher that sends more bytes than it may is told so, and others are answered meanwhile [PLG-3, BUS-6]', async (context) => {
  requireProcesses(context);
  const { product, session } = await open();
  const storm = await PressurePlugin.add(product, 'storm');
  const { id } = await session.conversation();
  const outcomes = () => storm.order<Outcomes>('outcomes');
  const growth = await growthWhile(product.processId, async () => {
    await storm.order('say', 200, 300_000, 0);
    expect((await session.turn(id, 'Hello')).reply?.status).toBe('complete');
    await expect.poll(outcomes, PATIENT).toMatchObject({ open: 0 });
  });
  expect(growth).toBeLessThan(MOST_MB);
  const { kept = 0, refused = {}, error } = (await outcomes()) ?? {};
  expect(error).toEqual(told('KERNEL_RATE_EXCEEDED', 'storm'));
  expect(kept).toBeGreaterThan(0);
  expect(refused).toEqual({ KERNEL_RATE_EXCEEDED: 200 - kept });
  // A moment later it may send again.
  await expect
    .poll(async () => {
      await storm.order('say', 1, 300_000, 0);
      return (await outcomes())?.kept;
    }, PATIENT)
    .toBeGreaterThan(kept);
  expect(await session.plugin('storm')).toMatchObject({ state: 'active', restarts: 0 });
}, 180_000);

test('a journal that takes nothing costs the kernel no more than its queue: publishers are told, and all goes on with it [BUS-6, PLG-3]', async (context) => {
  requireProcesses(context);
  const { product, session } = await open();
  const flood = await PressurePlugin.add(product, 'flood');
  const outcomes = () => flood.order<Outcomes>('outcomes');
  await expect.poll(() => session.plugin('journal'), PATIENT).toMatchObject({ state: 'active' });
  const goOn = await doze(session, 'journal');
  // 180 MB, of which 64 MB may wait, once to be sent and once to be shown to subscribers.
  const growth = await growthWhile(product.processId, () => flood.order('say', 600, 300_000, 4));
  expect(growth).toBeLessThan(2 * 64 + MOST_MB);
  const { refused = {}, error } = (await outcomes()) ?? {};
  expect(error).toEqual(told('KERNEL_SERVER_BUSY', 'chat.message.created.v1'));
  expect(Object.keys(refused)).toEqual(['KERNEL_SERVER_BUSY']);
  expect((await session.call<{ plugins: unknown[] }>('GET', '/plugins')).plugins).not.toEqual([]);
  goOn();
  await expect.poll(outcomes, PATIENT).toMatchObject({ open: 0 });
  // Each was kept or its sender told, whenever that was.
  const settled = (await outcomes()) as Outcomes;
  expect(Object.keys(settled.refused)).toEqual(['KERNEL_SERVER_BUSY']);
  expect(settled.kept + (settled.refused['KERNEL_SERVER_BUSY'] ?? 0)).toBe(600);
  expect(settled.kept).toBeGreaterThan(0);
  expect(await session.plugin('journal')).toMatchObject({ state: 'active', restarts: 0 });
  const { last } = await session.call<JournalStatus>('GET', '/journal');
  expect(last).toBe((await outcomes())?.kept);
}, 180_000);

test('a disk that is full under the journal is told to publishers, costs nothing acknowledged, and serves again with room [BUS-6, SVC-7]', async (context) => {
  const home = await temporaryHome();
  const folder = join(home, 'data', 'journal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const disk = await SmallDisk.mount(context, { megabytes: 64, on: folder });
  const stage = await KillStage.open(home);
  onTestFinished(() => stage.close());
  await expect.poll(() => stage.acknowledged(), PATIENT).toBeGreaterThan(50);
  disk.fill();
  await expect.poll(() => stage.refusal(), PATIENT).toEqual(told('JOURNAL_FULL', 'journal'));
  const kept = await stage.acknowledged();
  await stage.restartUnwritable();
  await disk.empty();
  await expect.poll(() => stage.acknowledged(), PATIENT).toBeGreaterThan(kept + 50);
  const { lost, denied, outOfOrder, dead, missed } = await stage.judge();
  // What was settled could not be written down either, so it may come again.
  expect({ lost, denied, outOfOrder, dead, missed }).toEqual({
    lost: [],
    denied: [],
    outOfOrder: [],
    dead: 0,
    missed: 0,
  });
}, 180_000);
