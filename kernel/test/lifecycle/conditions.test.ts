import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { settle } from './fake-clock.ts';
import { type FakeProcess, FakeWorld, manifestOf } from './fake-plugins.ts';

const SET = { verb: 'request' as const, topic: 'kernel.condition.set.v1', reason: 'to say that it is open' };
const UNLOCKED = 'vault.unlocked';

async function say({ peer }: FakeProcess, name: string, holds: boolean): Promise<void> {
  await peer.send({ kind: RecordKind.request, correlation: 1, topic: SET.topic, data: { name, holds } });
  await settle();
}

test("a stranger's plugin cannot declare a condition of another [PLG-1, SEC-4]", async () => {
  const world = new FakeWorld([
    manifestOf('vault', { tier: 'trusted', conditions: [UNLOCKED], permissions: [SET] }),
    manifestOf('evil', { conditions: [UNLOCKED], permissions: [SET] }),
    manifestOf('needy', { needs: [UNLOCKED] }),
  ]);
  await world.kernel.start();
  const ask = commandLine(world);
  expect(await ask('get', 'evil')).toMatchObject({ error: { code: 'KERNEL_CONDITION_UNDECLARED' } });
  expect(await ask('get', 'needy')).toMatchObject({ state: 'pending' });
});

test('only who says that a condition holds takes it back [PLG-1]', async () => {
  const world = new FakeWorld([
    manifestOf('vault', { tier: 'trusted', conditions: [UNLOCKED], permissions: [SET] }),
    manifestOf('other', { tier: 'trusted', conditions: [UNLOCKED], permissions: [SET] }),
    manifestOf('needy', { needs: [UNLOCKED] }),
  ]);
  await world.kernel.start();
  await say(world.process('vault'), UNLOCKED, true);
  await say(world.process('other'), UNLOCKED, false);
  expect(await commandLine(world)('get', 'needy')).toMatchObject({ state: 'active' });
});

test('what a plugin said while it came up holds no more when it did not come up [PLG-1]', async () => {
  const world = new FakeWorld([
    manifestOf('vault', { tier: 'trusted', conditions: [UNLOCKED], permissions: [SET] }),
    manifestOf('needy', { needs: [UNLOCKED] }),
  ]);
  world.behaviours.set('vault', { onStart: 'silent' });
  void world.kernel.start();
  await settle();
  await say(world.process('vault'), UNLOCKED, true);
  expect(await commandLine(world)('get', 'needy')).toMatchObject({ state: 'active' });
  world.process('vault').exit({ code: 3, signal: undefined });
  await settle();
  expect(await commandLine(world)('get', 'needy')).toMatchObject({ state: 'pending' });
});

test('a plugin that needs a condition of its own does not keep the kernel from stopping [PLG-1, SVC-7]', async () => {
  const world = new FakeWorld([
    manifestOf('vault', { tier: 'trusted', conditions: [UNLOCKED], permissions: [SET] }),
    manifestOf('odd', { tier: 'trusted', conditions: [UNLOCKED], needs: [UNLOCKED] }),
  ]);
  await world.kernel.start();
  await say(world.process('vault'), UNLOCKED, true);
  expect(await commandLine(world)('get', 'odd')).toMatchObject({ state: 'active' });
  await world.kernel.stop();
  expect([world.process('vault').gone, world.process('odd').gone]).toEqual([true, true]);
});
