import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AicoError,
  type ForgetItem,
  type ForgetOrder,
  type ForgetRun,
  type ForgetSearch,
  type Manifest,
} from '@aico/sdk';
import { createTestKernel, serveStorage } from '@aico/sdk-testing';
import { onTestFinished } from 'vitest';
import { servePrivacy } from '../../src/serve-privacy.ts';

export const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../plugin.json'), 'utf8')) as Manifest;
export const WHEN = '2026-11-26T12:00:00.000Z';
export const BACKUP = '20261126T120000Z-0a1b2c3d';
export const MADE = '20261127T120000Z-00000000';
export const [MESSAGE, REPLY, MEMORY] = [1, 2, 3].map((n) => `0190a0aa-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
];

export const KEEPS = { verb: 'request', topic: 'storage.kv.set.v1', reason: 'To keep it.' } as const;

export function item(kind: string, id: string): ForgetItem {
  return { kind, id, text: 'My cat is called Turing.', when: WHEN };
}

/** A kernel with the plugin, plugins that keep things, and what stands in for storage's files and backups. */
export async function house() {
  const kernel = await createTestKernel();
  onTestFinished(() => kernel.close());
  await serveStorage(kernel);
  const orders: { plugin: string; order: ForgetOrder }[] = [];
  const done: string[] = [];
  const state = {
    failing: new Set<string>(),
    empty: new Set<string>(),
    waiting: ['chat'],
    backups: [BACKUP],
    unreadable: 0,
    isGone: false,
    databases: ['chat', 'memory'],
    scheduling: [] as string[],
    /** What happens once backups are gone, and before that is answered. */
    onShredded: async (): Promise<void> => {},
  };
  const holder = async (id: string, finds?: (search: ForgetSearch) => ForgetItem[]): Promise<void> => {
    const topics = [`plugin.${id}.forget.run.v1`, ...(finds ? [`plugin.${id}.forget.find.v1`] : [])];
    const about = { ...manifest, id, name: id, dependencies: {}, needs: [] };
    await kernel.load({
      manifest: {
        ...about,
        permissions: [
          ...topics.map((topic) => ({ verb: 'serve', topic, reason: 'To forget it.' }) as const),
          ...(id === 'journal' ? [] : [KEEPS]),
        ],
      },
      definition: {
        async activate({ bus }) {
          if (finds) await bus.serve(`plugin.${id}.forget.find.v1`, ({ data }) => ({ items: finds(data) }));
          await bus.serve(`plugin.${id}.forget.run.v1`, ({ data }) => {
            if (state.failing.has(id)) throw new AicoError('STORAGE_FULL', { subject: id });
            orders.push({ plugin: id, order: data });
            done.push(id);
            return { kinds: [{ kind: 'thing', removed: state.empty.has(id) ? 0 : 2 }] };
          });
        },
      },
    });
  };
  await holder('memory', ({ messages = [], memories = [] }) =>
    messages.includes(MESSAGE) || memories.includes(MEMORY) ? [item('memory', MEMORY)] : [],
  );
  await holder('chat', ({ messages = [], memories = [] }) => [
    ...(messages.includes(MESSAGE) ? [item('message', MESSAGE)] : []),
    ...(memories.includes(MEMORY) ? [item('message', REPLY)] : []),
  ]);
  await holder('album', ({ messages = [] }) => (messages.includes(MESSAGE) ? [item('picture', 'p-1')] : []));
  await holder('journal');
  const stand = await kernel.peer({
    id: 'stand-in',
    permissions: [
      ...['storage.database.settle.v1', 'storage.database.list.v1', 'schedule.owner.list.v1'],
      ...['backup.list.v1', 'backup.shred.v1'],
    ].map((topic) => ({ verb: 'serve', topic }) as const),
  });
  await stand.bus.serve('storage.database.settle.v1', () => {
    done.push('settle');
    return { settled: 1, waiting: state.waiting.splice(0) };
  });
  await stand.bus.serve('storage.database.list.v1', () => ({ plugins: state.databases }));
  const stopScheduling = await stand.bus.serve('schedule.owner.list.v1', () => ({ plugins: state.scheduling }));
  const stopListing = await stand.bus.serve('backup.list.v1', () => {
    if (state.isGone) throw new AicoError('BACKUP_FOLDER_GONE', { subject: '/disk' });
    const sizes = { bytes: 1, newBytes: 1, files: 1, databases: 1, leftOut: 0 };
    const broken = { code: 'BACKUP_DAMAGED', message: 'It is damaged.', fix: 'Make a new one.' };
    return {
      backups: state.backups.map((id) => ({ id, createdAt: WHEN, ...sizes, version: '0.1.0' })),
      unreadable: Array.from({ length: state.unreadable }, (_, at) => ({ file: `${at}.backup`, ...broken })),
    };
  });
  await stand.bus.serveStream('backup.shred.v1', async (_, stream) => {
    await stream.write({ phase: 'writing', done: 1, total: 1 });
    done.push('shred');
    const removed = state.backups.splice(0, Number.POSITIVE_INFINITY, MADE);
    await state.onShredded();
    return { made: MADE, removed };
  });
  const start = () =>
    kernel.load({ manifest, definition: { activate: (ctx) => servePrivacy(ctx, () => Date.parse(WHEN)) } });
  await start();
  const user = await kernel.peer({
    id: 'user',
    permissions: [
      ...['privacy.forget.find.v1', 'privacy.forget.run.v1', 'privacy.receipt.list.v1'],
      ...['memory.forget.v1', 'privacy.retention.get.v1', 'kernel.plugin.disable.v1', 'kernel.plugin.enable.v1'],
    ].map((topic) => ({ verb: 'request', topic }) as const),
  });
  const plan = (search: ForgetSearch) => user.bus.request('privacy.forget.find.v1', search);
  const run = async (wish: ForgetRun) => {
    const stream = user.bus.stream('privacy.forget.run.v1', wish);
    const phases: string[] = [];
    for await (const { phase } of stream) if (phases.at(-1) !== phase) phases.push(phase);
    return { receipt: await stream.result, phases };
  };
  /** Privacy begins anew, and goes on soon with what is not done. */
  const goOn = async () => {
    await kernel.unload('privacy');
    await kernel.load({
      manifest,
      definition: {
        // The time until it goes on is short here.
        activate: (ctx) => {
          const setTimer: typeof ctx.setTimer = (ms, handler) => ctx.setTimer(ms === 60_000 ? 1 : ms, handler);
          return servePrivacy({ ...ctx, setTimer }, () => Date.parse(WHEN));
        },
      },
    });
  };
  const receipts = async () => (await user.bus.request('privacy.receipt.list.v1', {})).receipts;
  return { kernel, holder, orders, done, state, plan, run, start, goOn, receipts, stopListing, stopScheduling, user };
}

export function wishOf(
  items: Awaited<ReturnType<Awaited<ReturnType<typeof house>>['plan']>>['items'],
  backups = true,
): ForgetRun {
  return { scope: 'message', items: items.map(({ plugin, kind, id, when }) => ({ plugin, kind, id, when })), backups };
}
