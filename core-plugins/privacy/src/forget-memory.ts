import { AicoError, type Bus, type Forgotten } from '@aico/sdk';
import { unaskedOf } from './ask-late.ts';
import type { Forgetting } from './forgetting.ts';
import { planForgetting } from './plan.ts';

const [MEMORY, KIND] = ['memory', 'memory'];

export interface ForgetMemoryPowers {
  readonly bus: Pick<Bus, 'request'>;
  readonly forgetting: Pick<Forgetting, 'forget'>;
  /** Notes that something goes that backups may hold; until when at the latest they do. */
  readonly hold: () => Promise<string | undefined>;
}

/**
 * Forgets one memory everywhere at once, with the replies that had it at hand, for whoever is not there to be shown a plan. Backups
 * are made unreadable within their time, as for what goes for its age.
 * @throws AicoError PRIVACY_HOLDER_ABSENT, PRIVACY_BUSY
 */
export async function forgetMemory(
  { bus, forgetting, hold }: ForgetMemoryPowers,
  id: string,
  by: string,
): Promise<Forgotten> {
  const search = { memories: [id] };
  const { items, absent } = await planForgetting(bus, search);
  if (absent.includes(MEMORY)) throw new AicoError('PRIVACY_HOLDER_ABSENT', { subject: MEMORY });
  if (!items.some((item) => item.plugin === MEMORY && item.kind === KIND && item.id === id))
    return { forgotten: false };
  const chosen = items.map(({ plugin, kind, id: each, when }) => ({ plugin, kind, id: each, when }));
  const wish = { scope: 'memory' as const, items: chosen, backups: false, ...unaskedOf(search, { absent }) };
  return { forgotten: true, receipt: await forgetting.forget(wish, by, async () => {}, await hold()) };
}
