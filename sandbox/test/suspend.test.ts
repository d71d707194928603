import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandResult, PluginInfo } from '@aico/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { openKernel } from './escape/support/open-kernel.ts';
import { PackageShelf } from './escape/support/package-shelf.ts';
import { attachPeer } from './escape/support/peer.ts';

const ASKED = 'plugin.sleeper.command.run.v1';
const TOLD = 'vault.state.changed.v1';
const PERMISSIONS = [
  { verb: 'serve', topic: ASKED },
  { verb: 'subscribe', topic: TOLD },
] as const;

/** A plugin that counts what it is asked and told, over its sleeps. */
const sleeper = (more = ''): string => `
  let counts = { asked: 0, told: [], resumed: 0 };
  export default {
    async activate(ctx) {
      ${more}
      await ctx.bus.subscribe('${TOLD}', ({ data }) => { counts.told.push(data.state); });
      await ctx.bus.serve('${ASKED}', () => { counts.asked += 1; return { text: JSON.stringify(counts) }; });
    },
    suspend: () => counts,
    resume: (state) => { counts = { ...state, resumed: state.resumed + 1 }; },
  };`;

async function open(code: string) {
  const folder = await mkdtemp(join(tmpdir(), 'aico-'));
  const shelf = new PackageShelf();
  shelf.put({ id: 'sleeper', code, permissions: PERMISSIONS, lifecycle: { suspendAfterSeconds: 1 } });
  const changes: string[] = [];
  const kernel = openKernel(folder, shelf, { onChange: ({ to }) => changes.push(to) });
  onTestFinished(async () => {
    await kernel.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await kernel.start();
  const requests = ['kernel.plugin.get.v1', 'kernel.plugin.disable.v1', ASKED];
  const { bus } = await attachPeer(kernel, 'cli', [
    ...requests.map((topic) => ({ verb: 'request' as const, topic })),
    { verb: 'publish', topic: TOLD },
  ]);
  const info = () => bus.request('kernel.plugin.get.v1', { id: 'sleeper' }) as Promise<PluginInfo>;
  const question = { name: 'count', arguments: '', conversation: '00000000-0000-4000-8000-000000000000' };
  return {
    changes,
    info,
    tell: (state: string) => bus.publish(TOLD, { state } as never),
    ask: async () => {
      const { text } = (await bus.request(ASKED, { ...question, time: new Date().toISOString() })) as CommandResult;
      return JSON.parse(text ?? '') as { asked: number; told: string[]; resumed: number };
    },
    asleep: () => expect.poll(async () => (await info()).state, { timeout: 20_000 }).toBe('suspended'),
  };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

test('an idle plugin sleeps without a process, and what reaches it wakes it with its state, nothing lost or doubled [PLG-8]', async () => {
  const { ask, tell, info, asleep } = await open(sleeper());
  const { processId = 0 } = await info();
  expect(await ask()).toMatchObject({ asked: 1, resumed: 0 });
  await asleep();
  expect(isAlive(processId)).toBe(false);
  expect((await info()).processId).toBeUndefined();
  const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
  expect([first, ...others].map(({ asked, resumed }) => [asked, resumed])).toEqual([
    [2, 1],
    [3, 1],
    [4, 1],
  ]);
  await asleep();
  for (const state of ['locked', 'unlocked', 'locked']) await tell(state);
  const heard = async () => (await ask()).told;
  await expect.poll(heard, { timeout: 20_000 }).toEqual(['locked', 'unlocked', 'locked']);
}, 90_000);

test('a timer of its own wakes it, and one that is set without the context does not [PLG-8]', async () => {
  const { changes, ask, asleep } = await open(
    sleeper(`ctx.setTimer(4_000, () => { counts.told.push('timer'); }); setTimeout(() => {}, 100_000);`),
  );
  await asleep();
  await expect.poll(() => changes.slice(-2), { timeout: 20_000 }).toEqual(['suspended', 'active']);
  expect(await ask()).toMatchObject({ asked: 1, resumed: 1 });
}, 60_000);
