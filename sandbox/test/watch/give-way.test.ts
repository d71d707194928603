import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { innermostProcess } from '../../src/watch/linux-meter.ts';
import { House, type PluginSketch } from '../support/house.ts';

const CODE = 'export default { activate() {} }';
const NICENESS = 8;
const OF_SOMEBODY_TRUSTED = ['isolated', 'trusted'] as const;
const CASES: readonly [string, Pick<PluginSketch, 'tier' | 'signerTiers'>, number][] = [
  ["a stranger's plugin gives way on every thread, and with its session", { tier: 'isolated' }, NICENESS],
  [
    'an isolated plugin of somebody who is trusted is as urgent as the host',
    { tier: 'isolated', signerTiers: OF_SOMEBODY_TRUSTED },
    getPriority(),
  ],
  ['a trusted plugin is as urgent as the host', { tier: 'trusted' }, getPriority()],
];

for (const [sentence, sketch, expected] of CASES) {
  test.runIf(process.platform === 'linux')(`${sentence} [PLG-3]`, async () => {
    await using house = await House.open();
    const plugin = await house.start({ ...sketch, code: CODE });
    const processId = plugin.running.processId as number;
    const threads = readdirSync(`/proc/${innermostProcess(processId)}/task`).map(Number);
    expect(threads.length).toBeGreaterThan(3);
    expect(threads.map((thread) => getPriority(thread))).toEqual(threads.map(() => expected));
    await expect.poll(() => sessionNiceness(processId) ?? expected).toBe(expected);
    expect(sessionNiceness(innermostProcess(processId))).toBe(sessionNiceness(processId));
  });
}

test.runIf(process.platform === 'linux')(
  'a process that waits gives way, until a plugin of somebody who is trusted takes it [PLG-3]',
  async () => {
    await using house = await House.open({ spare: true });
    const trusted = { tier: 'isolated', signerTiers: OF_SOMEBODY_TRUSTED, code: CODE } as const;
    await house.start(trusted);
    for (const [sketch, expected] of [[trusted, 0] as const, [{ tier: 'isolated', code: CODE }, NICENESS] as const]) {
      await expect.poll(() => readdirSync(house.folder).some((name) => name.startsWith('spare-'))).toBe(true);
      const { running } = await house.start(sketch);
      await expect.poll(() => sessionNiceness(running.processId as number) ?? expected).toBe(expected);
    }
  },
);

test.runIf(process.platform === 'linux')(
  "a stranger's plugin that is calm shares the processor with its neighbours, and gives way again when it computes [PLG-3]",
  async ({ skip }) => {
    await using house = await House.open();
    const code = `export default { activate(ctx) {
      setTimeout(() => { const end = Date.now() + 2_000; while (Date.now() < end); }, 6_000);
    } }`;
    const { running } = await house.start({ tier: 'isolated', code, quota: { cpuMsPerSecond: 4_000 } });
    const niceness = () => sessionNiceness(running.processId as number);
    if (niceness() === undefined) skip('sessions do not share the processor here');
    await expect.poll(niceness).toBe(NICENESS);
    await expect.poll(niceness, { timeout: 6_000 }).toBe(0);
    await expect.poll(niceness, { timeout: 6_000 }).toBe(NICENESS);
  },
  30_000,
);

/** Undefined where sessions do not share the processor. */
function sessionNiceness(processId: number): number | undefined {
  try {
    const told = /nice (-?\d+)/.exec(readFileSync(`/proc/${processId}/autogroup`, 'utf8'));
    return told === null ? undefined : Number(told[1]);
  } catch {
    return undefined;
  }
}
