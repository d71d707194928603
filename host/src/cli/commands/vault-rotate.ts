import { type AicoError, isAicoError, type KeyRotated, type KeyRotating } from '@aico/schemas';
import { type CommandBus, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

export interface RotateOptions {
  /** Only those under an earlier key than others are. */
  readonly rest?: boolean;
}

interface FailedRotation {
  readonly plugin: string;
  readonly error: AicoError;
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
  const { rotated, failed } = await withBus(context.folders, async (bus) => {
    const plugins = plugin === undefined ? await pluginsOf(bus, rest) : [plugin];
    return rotateEach(bus, plugins, progressOn(context));
  });
  const [failure] = failed;
  if (plugin !== undefined && failure !== undefined) throw failure.error;
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

/**
 * Rotates one after another, each to its end or to its failure.
 * @param tell told how far one is; nothing when all was told of it
 * @param silenceMs without a sign of life for so long one counts as failed
 */
export async function rotateEach(
  bus: Pick<CommandBus, 'stream'>,
  plugins: readonly string[],
  tell: (of: string, progress?: KeyRotating) => void,
  silenceMs: number = SILENCE_MS,
): Promise<{ readonly rotated: readonly KeyRotated[]; readonly failed: readonly FailedRotation[] }> {
  const [rotated, failed]: [KeyRotated[], FailedRotation[]] = [[], []];
  for (const [at, plugin] of plugins.entries()) {
    const which = `${plugin} (${at + 1} of ${plugins.length})`;
    try {
      const stream = bus.stream('storage.key.rotate.v1', { plugin }, { timeoutMs: silenceMs });
      for await (const progress of stream) tell(which, progress);
      rotated.push(await stream.result);
    } catch (error) {
      if (!isAicoError(error)) throw error;
      failed.push({ plugin, error });
    } finally {
      tell(which);
    }
  }
  return { rotated, failed };
}

/** One line that changes on a terminal, a line for each step elsewhere, none as JSON. */
function progressOn({ powers, json }: CommandContext): (of: string, progress?: KeyRotating) => void {
  const { isTerminal, columns } = powers;
  let shown = '';
  return (of, progress) => {
    if (json) return;
    if (progress === undefined) {
      if (isTerminal) powers.err('\r\u001b[2K');
      return;
    }
    const { phase, done, total } = progress;
    const count = total === 0 ? ' …' : `: ${done} of ${total}`;
    const line = `• ${of}, ${PHASES[phase]}${isTerminal ? count : ''}`;
    if (line === shown) return;
    shown = line;
    powers.err(isTerminal ? `\r\u001b[2K${line.slice(0, columns - 1)}` : `${line}\n`);
  };
}
