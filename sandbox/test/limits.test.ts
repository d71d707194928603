import { DEFAULT_QUOTA } from '@aico/kernel';
import { describe, expect, test } from 'vitest';
import { House, TIERS } from './support/house.ts';

const SMALL = { memoryMb: 128, cpuMsPerSecond: 100 };
const LINUX = process.platform === 'linux';

// What an isolated plugin can do of this, and more, is in the gallery under escape/.
const LOOPS: Readonly<Record<string, string>> = {
  'while it is loaded': 'for (;;) {} export default {}',
  'in activate': 'export default { activate() { for (;;) {} } }',
  'in promises that follow each other': 'export default { async activate() { for (;;) await null; } }',
  'in a timer': 'export default { activate(ctx) { ctx.setTimer(50, () => { for (;;) {} }); } }',
  'in a getter of its definition': 'export default { get activate() { for (;;) {} } }',
};

describe('a trusted plugin that loops for ever', () => {
  test.for(Object.entries(LOOPS))('%s is ended by the CPU quota [PLG-3]', async ([, code]) => {
    await using house = await House.open();
    const plugin = await house.start({ tier: 'trusted', code, quota: SMALL });
    const exit = await plugin.gone();
    expect(exit.signal).toBe('SIGKILL');
    if (LINUX) expect(plugin.pressures).toContain('cpu throttled');
    if (LINUX) expect(exit.cause).toMatchObject({ kind: 'cpu', limit: SMALL.cpuMsPerSecond });
  });
});

test.runIf(LINUX)(
  'an isolated plugin that never yields is told what it used, not what it wanted [PLG-3]',
  async () => {
    await using house = await House.open({ patienceMs: 60_000 });
    const code = 'export default { activate(ctx) { ctx.setTimer(50, () => { for (;;) {} }); } }';
    const plugin = await house.start({ tier: 'isolated', code, quota: SMALL });
    const { cause } = await plugin.gone(30_000);
    expect(cause).toMatchObject({ kind: 'cpu', limit: SMALL.cpuMsPerSecond, overMs: expect.any(Number) });
    // A second until it is held, and then as much as it may.
    expect(cause?.kind === 'cpu' && cause.used).toBeLessThan(400);
  },
  40_000,
);

test('an isolated plugin that never yields, yet uses no more than it may, is not told that it used too much [PLG-3]', async () => {
  await using house = await House.open();
  const code = 'export default { activate(ctx) { ctx.setTimer(50, () => { for (;;) {} }); } }';
  const plugin = await house.start({ tier: 'isolated', code, quota: { cpuMsPerSecond: 100 } });
  // What its user lets it use holds at once.
  plugin.running.limit?.({ ...DEFAULT_QUOTA, cpuMsPerSecond: 4_000 });
  expect((await plugin.gone(30_000)).cause).toEqual({ kind: 'entry', overMs: expect.any(Number) });
}, 40_000);

test('an isolated plugin that fills its heap is told the limit that its user can raise [PLG-3]', async () => {
  await using house = await House.open();
  const code =
    'export default { activate(ctx) { ctx.setTimer(50, () => { const all = []; for (;;) all.push({}); }); } }';
  const plugin = await house.start({ tier: 'isolated', code, quota: { memoryMb: 128, cpuMsPerSecond: 4_000 } });
  expect((await plugin.gone(30_000)).cause).toEqual({ kind: 'memory', used: expect.any(Number), limit: 128 });
});

describe.each(TIERS)('a plugin of the %s tier that works in bursts', (tier) => {
  test.runIf(LINUX)('is slowed down and not ended, and answers meanwhile [PLG-3]', async () => {
    await using house = await House.open({ patienceMs: 60_000 });
    // It works until it is held: on a busy machine nobody knows how soon that is.
    const code = `export default { activate(ctx) {
      ctx.setTimer(100, () => { for (let at = Date.now(); Date.now() - at < 400; at = Date.now()); ctx.log.info('done'); });
    } }`;
    const plugin = await house.start({ tier, code, quota: { cpuMsPerSecond: 60 } });
    await plugin.logged('done');
    await plugin.tell({ type: 'ping', nonce: 5 });
    await plugin.lifecycle('pong');
    expect(plugin.pressures).toEqual(['cpu throttled']);
  });
});

const FEASTS: Readonly<Record<string, string>> = {
  'a huge filled array': 'Array(1e9).fill(0)',
  'a map that grows': 'const map = new Map(); for (let i = 0; ; i += 1) map.set(i, { i })',
  'promises without end': 'const all = []; for (;;) all.push(new Promise(() => {}).then(() => all))',
  'strings that double': `let text = 'x'; const all = []; for (;;) { text += text.slice(0, 1e6); all.push(text.split('')) }`,
  'regular expressions': `const all = []; for (let i = 0; ; i += 1) all.push(new RegExp('a{' + i + '}b' + 'c'.repeat(9999)))`,
  timers: 'for (;;) setTimeout(() => {}, 1e6)',
};

describe('a trusted plugin that eats memory', () => {
  const tier = 'trusted';
  test.for(Object.entries(FEASTS))(
    'as %s is ended, and a plugin beside it is not [PLG-3]',
    { timeout: 40_000 },
    async ([, body]) => {
      await using house = await House.open();
      const quiet = await house.start({ tier, id: 'quiet', code: 'export default { activate() {} }' });
      const quota = { ...SMALL, cpuMsPerSecond: 4_000 };
      const code = `export default { activate(ctx) { ctx.setTimer(1, () => { ${body} }); } }`;
      const plugin = await house.start({ tier, code, quota });
      const exit = await plugin.gone(30_000);
      expect(exit.code).not.toBe(0);
      if (LINUX) expect(exit.cause?.kind).toBe('memory');
      await quiet.tell({ type: 'ping', nonce: 3 });
      await quiet.lifecycle('pong');
    },
  );
});

describe.each(TIERS)('a plugin of the %s tier that talks too much', (tier) => {
  test('in its log is cut to what it may write, counted, told of and still served [PLG-3]', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      quota: { cpuMsPerSecond: 4_000, logLinesPerMinute: 100 },
      code: `export default { activate(ctx) {
        for (let i = 0; i < 20000; i += 1) ctx.log.info('line ' + i + ' ' + 'x'.repeat(200));
        console.error('y'.repeat(100000));
        const later = () => { ctx.log.info('later'); setTimeout(later, 500); };
        setTimeout(later, 5000);
      } }`,
    });
    await plugin.lifecycle('active');
    await expect.poll(() => plugin.pressures).toEqual(['logs throttled']);
    const dropped = () =>
      plugin.logs.map(({ fields }) => Number(fields?.['dropped'] ?? 0)).reduce((sum, count) => sum + count, 0);
    await expect.poll(dropped, { timeout: 10_000 }).toBeGreaterThan(19_800);
    // Whoever lets it log more hears that it is relieved.
    plugin.running.limit?.({ ...DEFAULT_QUOTA, logLinesPerMinute: 1_000 });
    await plugin.logged('later');
    expect(plugin.pressures).toEqual(['logs throttled', 'logs relieved']);
    expect(plugin.logs.length).toBeLessThan(1_100);
    expect(Math.max(...plugin.logs.map(({ message }) => message.length))).toBeLessThanOrEqual(16 * 1024);
  });

  test('on a bus that does not listen keeps its messages in its own memory [PLG-3]', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      unheard: true,
      quota: { memoryMb: 128, cpuMsPerSecond: 4_000 },
      code: `export default { async activate(ctx) {
        const text = 'x'.repeat(50000);
        for (;;) { void ctx.bus.publish('plugin.guest.x.v1', { text }).catch(() => {}); await null; }
      } }`,
    });
    const exit = await plugin.gone(30_000);
    if (LINUX) expect(exit.cause?.kind).toBe('memory');
  }, 40_000);
});
