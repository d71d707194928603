import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { innermostProcess } from '../../src/watch/linux-meter.ts';
import { House, type PluginSketch } from '../support/house.ts';

const CASES: readonly [string, Pick<PluginSketch, 'tier' | 'signerTiers'>, number][] = [
  ["a stranger's plugin gives way on every thread", { tier: 'isolated' }, 5],
  [
    'an isolated plugin of somebody who is trusted is as urgent as the host',
    { tier: 'isolated', signerTiers: ['isolated', 'trusted'] },
    getPriority(),
  ],
  ['a trusted plugin is as urgent as the host', { tier: 'trusted' }, getPriority()],
];

for (const [sentence, sketch, expected] of CASES) {
  test.runIf(process.platform === 'linux')(`${sentence} [PLG-3]`, async () => {
    await using house = await House.open();
    const plugin = await house.start({ ...sketch, code: 'export default { activate() {} }' });
    const node = innermostProcess(plugin.running.processId as number);
    const threads = readdirSync(`/proc/${node}/task`).map(Number);
    expect(threads.length).toBeGreaterThan(3);
    expect(threads.map((thread) => getPriority(thread))).toEqual(threads.map(() => expected));
  });
}
