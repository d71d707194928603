import type { ForgetChoice, ForgetOrder, ForgetReceipt, RetentionKind } from '@aico/sdk';
import { Cascade, type CascadePowers } from './cascade.ts';
import { findOld, ownerOf, RETENTION_KINDS, retentionKindOf } from './find-old.ts';
import type { AgeRun, Pending } from './ledger.ts';
import { orderFor } from './order.ts';

/** One run keeps so many ids of what is not gone everywhere; what is left then is for the next one. */
const MOST_LEFT = 3000;

/** Has what is too old removed everywhere, a part at a time. What was begun of it before is gone on with. */
export async function ageOut(powers: CascadePowers, pending: Pending, run: AgeRun): Promise<ForgetReceipt> {
  const { bus, ledger } = powers;
  const cascade = await Cascade.begin(powers, pending, async () => {});
  const left: ForgetChoice[] = [];
  const remove = async (kind: RetentionKind, items: readonly ForgetChoice[]): Promise<void> => {
    if (!(await cascade.remove((plugin) => orderOf(plugin, kind, items, run.age[kind])))) left.push(...items);
  };
  for (const kind of RETENTION_KINDS) {
    const again = run.left.filter((item) => retentionKindOf(item.kind) === kind);
    if (again.length > 0) await remove(kind, again);
  }
  for (const kind of RETENTION_KINDS) {
    const [before, owner] = [run.age[kind], ownerOf(kind)];
    if (before === undefined) continue;
    const did = await cascade.account.attempt(owner, async () => {
      while (left.length < MOST_LEFT) {
        const { items } = await findOld(bus, kind, before);
        if (items.length === 0) return;
        const choices = items.map(({ kind: what, id, when }) => ({ plugin: owner, kind: what, id, when }));
        // The others are told ids that are with their plugin no more, once that removed them: so they are written down first.
        await ledger.begin({ run: { ...run, left: [...left, ...choices] }, receipt: cascade.receipt });
        const removed = cascade.account.removedBy(owner);
        await remove(kind, choices);
        if (cascade.account.removedBy(owner) === removed) return;
      }
    });
    if (!did) break;
  }
  return cascade.finish({ ...run, left });
}

/** Memories have a time of their own: they outlive the messages that they came of, if that is longer. */
function orderOf(
  plugin: string,
  kind: RetentionKind,
  items: readonly ForgetChoice[],
  before: string | undefined,
): ForgetOrder | undefined {
  if (kind === 'conversations' && plugin === ownerOf('memories')) return undefined;
  return { ...orderFor(plugin, items), ...(before !== undefined && { before }) };
}
