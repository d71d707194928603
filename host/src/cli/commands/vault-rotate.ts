import { type AicoError, isAicoError, type KeyRotated, type KeyRotating } from '@aico/schemas';
import { type CommandBus, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

export interface RotateOptions {
  /** Only those under an earlier key than others are. */
  readonly rest?: boolean;
}

/** Without a sign of life for so long it counts as hung: a large database takes minutes to be encrypted, or read, in one go. */
const SILENCE_MS = 10 * 60_000;

const PHASES: Readonly<Record<KeyRotating['phase'], string>> = {
  waiting: 'waiting for the database',
  encrypting: 'encrypting the database',
  reading: 'reading it through',
  files: 'encrypting files',
};

/**
 * `aico vault rotate`: each database, or one plugin's, under a new key. Each is done by itself: what was done stays, and one that
 * fails, or does not answer, is named and keeps none of the others from it.
 */
export async function runVaultRotate(
  context: CommandContext,
  { rest = false }: RotateOptions,
  plugin: string | undefined,
): Promise<number> {
  const rotated: KeyRotated[] = [];
  const failed: { readonly plugin: string; readonly error: AicoError }[] = [];
  await withBus(context.folders, async (bus) => {
    const plugins = plugin === undefined ? await pluginsOf(bus, rest) : [plugin];
    for (const [at, each] of plugins.entries()) {
      try {
        rotated.push(await rotate(context, bus, each, `${at + 1} of ${plugins.length}`));
      } catch (error) {
        if (!isAicoError(error) || plugin !== undefined) throw error;
        failed.push({ plugin: each, error });
      }
    }
  });
  const lines = [
    ...rotated.map(
      ({ plugin: each, generation, bytes, blobs = 0 }) =>
        `${each}: key ${generation}, ${bytes.toLocaleString('en')} bytes${blobs === 0 ? '' : `, ${blobs} files`}`,
    ),
    ...failed.map(({ plugin: each, error }) => `${each}: not done. ${error.message} ${error.fix}`),
    ...(failed.length === 0 ? [] : ['aico vault rotate --rest goes on with those that are not done.']),
  ];
  const none = rest ? 'None is under an earlier key than the others.' : 'There is no database yet.';
  const problems = failed.map(({ plugin: each, error }) => ({ plugin: each, error: error.toReport() }));
  context.answer({ rotated, failed: problems }, lines.length === 0 ? none : lines.join('\n'));
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

/** Whose databases there are; with `rest`, those that a command that was ended before did not reach. */
async function pluginsOf(bus: CommandBus, rest: boolean): Promise<readonly string[]> {
  const { plugins, generations = [] } = await bus.request('storage.database.list.v1', {});
  const newest = Math.max(1, ...generations);
  return rest ? plugins.filter((_, at) => (generations[at] ?? newest) < newest) : plugins;
}

async function rotate({ powers, json }: CommandContext, bus: CommandBus, plugin: string, which: string) {
  const stream = bus.stream('storage.key.rotate.v1', { plugin }, { timeoutMs: SILENCE_MS });
  let shown = '';
  for await (const { phase, done, total } of stream) {
    const count = total === 0 ? ' …' : `: ${done} of ${total}`;
    const line = `• ${plugin} (${which}), ${PHASES[phase]}${powers.isTerminal ? count : ''}`;
    if (json || line === shown) continue;
    shown = line;
    powers.err(powers.isTerminal ? `\r\u001b[2K${line.slice(0, powers.columns - 1)}` : `${line}\n`);
  }
  if (powers.isTerminal && !json) powers.err('\r\u001b[2K');
  return stream.result;
}
