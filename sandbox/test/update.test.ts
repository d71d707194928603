import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandResult } from '@aico/schemas';
import type { PluginContext } from '@aico/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { openKernel } from './escape/support/open-kernel.ts';
import { PackageShelf } from './escape/support/package-shelf.ts';
import { attachPeer } from './escape/support/peer.ts';

const ASKED = 'plugin.counter.command.run.v1';
const TOLD = 'vault.state.changed.v1';
const PERMISSIONS = [
  { verb: 'serve', topic: ASKED },
  { verb: 'subscribe', topic: TOLD },
] as const;
const EVERY_MS = 10;
const AT_ONCE = 10;

/** A plugin that counts what it is asked and told, and answers which version counted how far. */
const counter = (version: string, more = '', before = ''): string => `
  let counts = { asked: 0, told: 0 };
  export default {
    async activate(ctx, handedOver) {
      if (handedOver) counts = handedOver;
      ${before}
      await ctx.bus.subscribe('${TOLD}', async () => { await null; counts.told += 1; });
      await ctx.bus.serve('${ASKED}', async () => {
        counts.asked += 1;
        return { text: JSON.stringify({ version: '${version}', ...counts }) };
      });
    },
    handOver: () => counts,
    ${more}
  };`;

interface Counted {
  readonly version: string;
  readonly asked: number;
  readonly told: number;
}

/** The real kernel with the plugin in a process of its own, and a customer who asks and tells a thousand times a second. */
async function open(code: string) {
  const folder = await mkdtemp(join(tmpdir(), 'aico-'));
  const shelf = new PackageShelf();
  shelf.put({ id: 'counter', code, permissions: PERMISSIONS });
  const kernel = openKernel(folder, shelf);
  onTestFinished(async () => {
    await kernel.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await kernel.start();
  const requests = ['kernel.plugin.install.v1', 'kernel.plugin.get.v1', ASKED];
  const customer = await attachPeer(kernel, 'cli', [
    ...requests.map((topic) => ({ verb: 'request' as const, topic })),
    { verb: 'publish', topic: TOLD },
  ]);
  return {
    customer,
    install: (next: string) => {
      shelf.put({ id: 'counter', code: next, permissions: PERMISSIONS });
      return customer.bus.request('kernel.plugin.install.v1', { path: 'counter' });
    },
  };
}

async function ask({ bus }: PluginContext): Promise<Counted> {
  const question = {
    name: 'count',
    arguments: '',
    conversation: '00000000-0000-4000-8000-000000000000',
    time: new Date().toISOString(),
  };
  const { text } = (await bus.request(ASKED, question)) as CommandResult;
  return JSON.parse(text ?? '') as Counted;
}

/** Traffic until it is ended, and all that was answered. */
function startTraffic(customer: PluginContext) {
  const answers: Promise<Counted>[] = [];
  let told = 0;
  const timer = setInterval(() => {
    for (let each = 0; each < AT_ONCE / 2; each += 1) {
      answers.push(ask(customer));
      told += 1;
      void customer.bus.publish(TOLD, { state: 'unlocked' } as never);
    }
  }, EVERY_MS);
  return {
    end: async () => {
      clearInterval(timer);
      return { answers: await Promise.all(answers), told };
    },
  };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('a plugin is updated under traffic: no request and no event is lost or doubled, and its state goes on [PLG-1, UPD-4]', async () => {
  const { customer, install } = await open(counter('one'));
  const traffic = startTraffic(customer);
  await pause(300);
  expect(await install(counter('two'))).toMatchObject({ state: 'active' });
  await pause(300);
  const { answers, told } = await traffic.end();
  expect(new Set(answers.map(({ version }) => version))).toEqual(new Set(['one', 'two']));
  // Each request was counted once, whoever answered it: the numbers are 1 to N, and the last tells all events.
  expect(answers.map(({ asked }) => asked).sort((a, b) => a - b)).toEqual(answers.map((_, at) => at + 1));
  const seen = async (): Promise<number> => (await ask(customer)).told;
  await expect.poll(seen).toBe(told);
}, 60_000);

test.for([
  { wrong: 'has a syntax error', code: 'export default {' },
  { wrong: 'throws while it activates', code: counter('two', '', 'throw new Error("no");') },
  {
    wrong: 'ends while it activates',
    code: counter('two', '', 'const all = []; for (;;) all.push(new Array(1e6).fill(1));'),
  },
  { wrong: 'reads another state version, and cannot migrate', code: counter('two', 'stateVersion: 2,') },
])(
  'a version that $wrong never takes over: the one before answers everything [PLG-1, UPD-4]',
  { timeout: 60_000 },
  async ({ code }) => {
    const { customer, install } = await open(counter('one'));
    const traffic = startTraffic(customer);
    await pause(100);
    await expect(install(code)).rejects.toMatchObject({ code: 'KERNEL_PLUGIN_UPDATE_FAILED', subject: 'counter' });
    await pause(100);
    const { answers, told } = await traffic.end();
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set(['one']));
    expect(answers.map(({ asked }) => asked).sort((a, b) => a - b)).toEqual(answers.map((_, at) => at + 1));
    await expect.poll(async () => (await ask(customer)).told).toBe(told);
    expect(await customer.bus.request('kernel.plugin.get.v1', { id: 'counter' })).toMatchObject({ state: 'active' });
  },
);

test('a state of another version is migrated, and one update follows another [UPD-4]', async () => {
  const { customer, install } = await open(counter('one'));
  await ask(customer);
  const migrate = 'stateVersion: 2, migrate: (from, { asked, told }) => ({ asked: asked * 10 * from, told }),';
  await install(counter('two', migrate));
  expect(await ask(customer)).toMatchObject({ version: 'two', asked: 11 });
  await install(counter('three', 'stateVersion: 2,'));
  expect(await ask(customer)).toMatchObject({ version: 'three', asked: 12 });
}, 60_000);
