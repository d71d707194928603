import type { VectorMove } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../table.ts';

const MOVE_TIMEOUT_MS = 60 * 60_000;

/** `aico vectors list`: the collections of all plugins, and where they are kept. */
export async function runVectorsList(context: CommandContext): Promise<number> {
  const answer = await withBus(context.folders, (bus) => bus.request('vector.store.list.v1', {}));
  const rows = answer.collections.map((each) => [
    each.plugin,
    each.collection,
    String(each.count),
    String(each.dimensions),
    each.store,
  ]);
  const text =
    rows.length === 0
      ? 'No plugin keeps vectors.'
      : table([['PLUGIN', 'COLLECTION', 'VECTORS', 'NUMBERS EACH', 'STORE'], ...rows]);
  context.answer(answer, text);
  return EXIT.done;
}

/** `aico vectors move <store>`: moves all vectors of all plugins. @throws AicoError VECTOR_MOVE_FAILED, VECTOR_EXTERNAL_UNAVAILABLE */
export async function runVectorsMove(context: CommandContext, store: VectorMove['store']): Promise<number> {
  const moved = await withBus(context.folders, (bus) =>
    bus.request('vector.store.move.v1', { store }, { timeoutMs: MOVE_TIMEOUT_MS }),
  );
  const plain = store === 'external' ? ' Whether they are encrypted there, aico doctor says.' : '';
  context.answer(moved, `Moved ${moved.vectors} vectors in ${moved.collections} collections.${plain}`);
  return EXIT.done;
}
