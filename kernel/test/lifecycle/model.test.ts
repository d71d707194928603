import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Expected, expectedAtFirst, STEPS } from './model/commands.ts';
import { IDS, PluginWorld } from './model/plugin-world.ts';

/** `AICO_MODEL_RUNS=5000 npx vitest run kernel/test/lifecycle/model.test.ts` looks longer. */
const RUNS = Number(process.env['AICO_MODEL_RUNS'] ?? 40);
const STEPS_AT_MOST = 30;

/** What each plugin has come to when nothing is in its way any more. */
async function settleDown(expected: Expected, world: PluginWorld): Promise<void> {
  for (const id of IDS) world.behave(id, {});
  await world.giveUp();
  for (let round = 0; round < 8; round += 1) {
    await world.advance(65_000);
    if (expected.open) await world.setCondition(true);
  }
  await world.giveUp();
  await world.inspect();
  const leansOn: Readonly<Record<string, readonly string[]>> = { lean: ['dice'], dice: ['vault'] };
  const isUp = (id: string): boolean => ['active', 'suspended'].includes(world.state(id) ?? '');
  for (const id of IDS) {
    const state = world.state(id);
    const { wanted, consented, revoked, open } = expected;
    const isMet = (leansOn[id] ?? []).every(isUp) && (id !== 'dice' || open);
    const wish = ((): readonly unknown[] => {
      if (state === 'quarantined' && wanted.has(id)) return ['quarantined'];
      if (revoked.has(id)) return ['revoked'];
      if (!wanted.has(id)) return consented.has(id) ? ['stopped'] : ['awaitingConsent'];
      return isMet ? ['active', 'suspended'] : ['pending'];
    })();
    world.witness.check(wish.includes(state), `${id} is ${state} in the end, not ${wish.join(' or ')}`);
    const count = state === 'active' ? 1 : 0;
    world.witness.check(world.alive(id) === count, `${id} is ${state} in the end with ${world.alive(id)} processes`);
  }
}

test('whatever happens to plugins, each comes to what its user wants of it, and leaves nothing behind [PLG-1, PLG-8]', async () => {
  const result = fc.assert(
    fc.asyncProperty(fc.commands(STEPS, { maxCommands: STEPS_AT_MOST, size: 'max' }), async (steps) => {
      const world = await PluginWorld.start();
      const expected = expectedAtFirst();
      await fc.asyncModelRun(() => ({ model: expected, real: world }), steps);
      await settleDown(expected, world);
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: RUNS > 100 ? 3_600_000 : 8_000, endOnFailure: false },
  );
  await expect(result).resolves.toBeUndefined();
}, 3_600_000);
