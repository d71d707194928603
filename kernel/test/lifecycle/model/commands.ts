import { AicoError } from '@aico/schemas';
import fc from 'fast-check';
import type { Behaviour } from '../fake-plugins.ts';
import { IDS, type PluginWorld } from './plugin-world.ts';

/** What a user may expect of each plugin. */
export interface Expected {
  readonly wanted: Set<string>;
  readonly consented: Set<string>;
  readonly revoked: Set<string>;
  readonly gone: Set<string>;
  open: boolean;
  version: number;
}

export type Step = fc.AsyncCommand<Expected, PluginWorld>;

export function expectedAtFirst(): Expected {
  const own = IDS.filter((id) => id !== 'guest');
  return {
    wanted: new Set(own),
    consented: new Set(own),
    revoked: new Set(),
    gone: new Set(),
    open: false,
    version: 0,
  };
}

const BEHAVIOURS: readonly Behaviour[] = [
  {},
  { onStart: 'fail', onActivate: 'fail' },
  { onStart: 'exit' },
  { onStart: 'silent', onActivate: 'silent' },
  { stubborn: true },
  { answersPings: false },
];
const WIDER = { permissions: [{ verb: 'subscribe' as const, topic: 'chat.>', reason: 'to read along' }] };
const id = fc.constantFrom(...IDS);

function step(
  name: string,
  run: (expected: Expected, world: PluginWorld) => Promise<void>,
  check: (expected: Readonly<Expected>) => boolean = () => true,
): Step {
  return {
    check,
    run: async (expected, world) => {
      world.witness.trail.push(`— ${name}`);
      await run(expected, world);
      await world.inspect();
    },
    toString: () => name,
  };
}

const isHere = (which: string) => (expected: Readonly<Expected>) => !expected.gone.has(which);

export const STEPS: fc.Arbitrary<Step>[] = [
  id.map((which) =>
    step(
      `enable ${which}`,
      async ({ wanted, consented }, world) => {
        wanted.add(which);
        consented.add(which);
        world.witness.forgive(which);
        await world.ask('enable', which);
      },
      isHere(which),
    ),
  ),
  id.map((which) =>
    step(
      `disable ${which}`,
      async ({ wanted }, world) => {
        wanted.delete(which);
        await world.ask('disable', which);
      },
      isHere(which),
    ),
  ),
  id.map((which) => step(`crash ${which}`, (_, world) => world.crash(which), isHere(which))),
  fc
    .tuple(id, fc.constantFrom(...BEHAVIOURS))
    .map(([which, behaviour]) =>
      step(`${which} behaves ${JSON.stringify(behaviour)}`, async (_, world) => world.behave(which, behaviour)),
    ),
  fc
    .constantFrom(100, 1_300, 2_600, 5_000, 21_000, 70_000, 301_000)
    .map((milliseconds) => step(`wait ${milliseconds}`, (_, world) => world.advance(milliseconds))),
  fc.boolean().map((holds) =>
    step(holds ? 'unlock' : 'lock', async (expected, world) => {
      expected.open = holds;
      await world.setCondition(holds);
    }),
  ),
  id.map((which) =>
    step(`ask ${which}`, async (_, world) => {
      await world.request(which);
    }),
  ),
  fc.constant(step('give up what was asked', (_, world) => world.giveUp())),
  fc.tuple(id, fc.boolean()).map(([which, wider]) =>
    step(
      `update ${which}${wider ? ' with a wish' : ''}`,
      async (expected, world) => {
        expected.version += 1;
        await world.update(which, `1.${expected.version}.0`, wider ? WIDER : {});
      },
      isHere(which),
    ),
  ),
  fc
    .tuple(id, fc.boolean())
    .map(([which, accept]) =>
      step(
        `${accept ? 'accept' : 'decline'} the update of ${which}`,
        async (_, world) => void (await world.ask('update', which, { accept })),
        isHere(which),
      ),
    ),
  id.map((which) =>
    step(`revoke the key of ${which}`, async ({ revoked }, world) => {
      revoked.add(which);
      const details = { keyId: 'k', signer: 'test' };
      await world.trust(which, new AicoError('REGISTRY_SIGNER_REVOKED', { subject: which, details }));
    }),
  ),
  id.map((which) =>
    step(`trust the key of ${which}`, async ({ revoked }, world) => {
      revoked.delete(which);
      await world.trust(which, undefined);
    }),
  ),
  fc.constant(step('restart', (_, world) => world.restart())),
];
