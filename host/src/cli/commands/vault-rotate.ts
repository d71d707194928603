import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

/** A large database is copied, encrypted and read through, and then every file of its plugin. */
const ROTATE_TIMEOUT_MS = 6 * 60 * 60_000;

/** `aico vault rotate`: each database, or one plugin's, under a new key. Each is done by itself: what was done stays. */
export async function runVaultRotate(context: CommandContext, plugin: string | undefined): Promise<number> {
  const rotated = await withBus(context.folders, async (bus) => {
    const plugins = plugin === undefined ? (await bus.request('storage.database.list.v1', {})).plugins : [plugin];
    const done: { plugin: string; generation: number; bytes: number; blobs?: number }[] = [];
    for (const each of plugins)
      done.push(await bus.request('storage.key.rotate.v1', { plugin: each }, { timeoutMs: ROTATE_TIMEOUT_MS }));
    return done;
  });
  const lines = rotated.map(
    ({ plugin: each, generation, bytes, blobs = 0 }) =>
      `${each}: key ${generation}, ${bytes.toLocaleString('en')} bytes${blobs === 0 ? '' : `, ${blobs} files`}`,
  );
  context.answer({ rotated }, lines.length === 0 ? 'There is no database yet.' : lines.join('\n'));
  return EXIT.done;
}
