import { readdirSync } from 'node:fs';
import { getPriority } from 'node:os';
import { describe, expect, test } from 'vitest';
import { innermostProcess } from '../../src/watch/linux-meter.ts';
import { House, TIERS } from '../support/house.ts';

describe.each(TIERS)('a plugin of the %s tier', (tier) => {
  test.runIf(process.platform === 'linux')(
    tier === 'isolated' ? 'gives way on every thread [PLG-3]' : 'is as urgent as the host [PLG-3]',
    async () => {
      await using house = await House.open();
      const plugin = await house.start({ tier, code: 'export default { activate() {} }' });
      const node = innermostProcess(plugin.running.processId as number);
      const threads = readdirSync(`/proc/${node}/task`).map(Number);
      expect(threads.length).toBeGreaterThan(3);
      const expected = tier === 'isolated' ? 5 : getPriority();
      expect(threads.map((thread) => getPriority(thread))).toEqual(threads.map(() => expected));
    },
  );
});
