import type { RunDebugger } from '@aico/kernel/contracts';
import { expect, test, vi } from 'vitest';
import { House, TIERS } from '../support/house.ts';

vi.setConfig({ testTimeout: 60_000 });
const PATIENCE = { timeout: 15_000 };

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
}

/** Asks a debugger, and keeps what it tells. */
function client(opened: RunDebugger) {
  const heard: Message[] = [];
  opened.onMessage((text) => heard.push(JSON.parse(text) as Message));
  let last = 0;
  const find = async (is: (message: Message) => boolean): Promise<Message> => {
    await expect.poll(() => heard.some(is), PATIENCE).toBe(true);
    return heard.find(is) ?? {};
  };
  return {
    heard,
    ask: async (method: string, params: object = {}) => {
      last += 1;
      const id = last;
      opened.send(JSON.stringify({ id, method, params }));
      return (await find((message) => message.id === id)).result ?? {};
    },
    told: (method: string) => find((message) => message.method === method),
  };
}

const CODE = `export default { activate(ctx) {
  ctx.setTimer(50, function tick() {
    const cups = 41;
    const more = cups + 1;
    ctx.log.info('poured', { more });
    ctx.setTimer(50, tick);
  });
} };`;

test('a guest that is looked into stops at a breakpoint, shows its variables, steps and goes on [PLG-9]', async () => {
  await using house = await House.open();
  const plugin = await house.start({ tier: 'isolated', code: CODE, inspected: true });
  expect(plugin.running.confinement).toContainEqual({
    name: 'no debugger',
    on: false,
    why: 'its author looks into it',
  });
  const { ask, told, heard } = client(plugin.running.debugger ?? expect.fail('it has no debugger'));
  await plugin.logged('poured');
  await ask('Runtime.enable');
  await ask('Debugger.enable');
  await ask('Debugger.setBreakpointByUrl', { url: 'aico:/guest/index.js', lineNumber: 3 });
  const paused = await told('Debugger.paused');
  const frames = paused.params?.['callFrames'] as { callFrameId: string; functionName: string }[] | undefined;
  const frame = frames?.[0];
  expect(frame?.functionName).toBe('tick');
  const evaluated = await ask('Debugger.evaluateOnCallFrame', { callFrameId: frame?.callFrameId, expression: 'cups' });
  expect(evaluated['result']).toMatchObject({ value: 41 });
  heard.length = 0;
  await ask('Debugger.stepOver');
  const stepped = await told('Debugger.paused');
  const after = stepped.params?.['callFrames'] as { location: object }[] | undefined;
  expect(after?.[0]).toMatchObject({ functionName: 'tick', location: { lineNumber: 4 } });
  // Whoever stops looking lets it go on, also from where it stands.
  plugin.logs.length = 0;
  await ask('Debugger.disable');
  expect(await plugin.logged('poured')).toEqual({ more: 42 });
});

test.each(TIERS)('a plugin of the %s tier that nobody looks into has no debugger [SEC-4]', async (tier) => {
  await using house = await House.open();
  const plain = await house.start({ tier, code: 'export default { activate() {} }' });
  await plain.lifecycle('active');
  expect([plain.running.debugger, plain.running.confinement.some(({ name }) => name === 'no debugger')]).toEqual([
    undefined,
    false,
  ]);
  if (tier === 'isolated') return;
  // Nor does a trusted one get any when it is asked for.
  const asked = await house.start({ tier, code: 'export default { activate() {} }', inspected: true });
  expect(asked.running.debugger).toBeUndefined();
});
