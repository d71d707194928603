import { describe, expect, test } from 'vitest';
import { LoadCycles } from './support/load-cycles.ts';

const WARM_UP = 3;
/** `npm run proof -- cycles` does a thousand. */
const CYCLES = 20;
/** What 20 kept plugins weigh at least: each has a broker's peer, queues and a socket. */
const MOST_BYTES = 2 * 1024 * 1024;

describe.skipIf(process.platform !== 'linux')('a plugin that is loaded and unloaded again and again', () => {
  test('leaves no file, socket, handle, thread, process or folder behind, and no memory [PLG-1]', async () => {
    await using cycles = await LoadCycles.open();
    await cycles.run(WARM_UP);
    const { liveBytes: before, ...counts } = await cycles.weigh();
    await cycles.run(CYCLES);
    const { liveBytes: after, ...left } = await cycles.weigh();
    expect(left).toEqual(counts);
    expect(after - before).toBeLessThan(MOST_BYTES);
  }, 120_000);
});
