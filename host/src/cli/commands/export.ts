import { resolve } from 'node:path';
import { AicoError, type ExportFormat, type ExportRun } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { ExportFolder } from '../export-folder.ts';
import { assertExport, feedFrom } from '../import-files.ts';
import { exportedText, importText } from './export-text.ts';

export interface ExportOptions {
  /** As JSON Lines, when not given. */
  readonly format?: readonly ExportFormat[];
  readonly only?: readonly string[];
}

export interface ImportOptions {
  readonly dryRun?: boolean;
}

/** A large file comes without a sign of life for so long at most. */
const SILENCE_MS = 15 * 60_000;
const OPEN = 'What is exported is not encrypted: whoever has the folder can read it.';

/** `aico export <folder>` */
export async function runExport(context: CommandContext, given: string, options: ExportOptions): Promise<number> {
  const path = resolve(given);
  return withBus(context.folders, async (bus) => {
    const folder = await ExportFolder.claim(path);
    const run: ExportRun = {
      formats: [...(options.format ?? ['jsonl'])],
      ...(options.only && { parts: [...options.only] }),
    };
    const stream = bus.stream('export.run.v1', run, { timeoutMs: SILENCE_MS });
    const line = progressLine(context);
    const interruption = onInterrupt(() => stream.cancel());
    if (!context.json) context.powers.err(`${OPEN}\n`);
    try {
      for await (const { done, total, ...piece } of stream) {
        await folder.write(piece);
        line.show(`• Exporting: ${done} of ${total}`);
      }
      const exported = await stream.result;
      interruption.check('export');
      await folder.finish();
      line.close();
      context.answer({ folder: path, ...exported }, exportedText(path, exported));
      return EXIT.done;
    } catch (error) {
      stream.cancel();
      stream.result.catch(() => undefined);
      await folder.discard();
      line.close();
      interruption.check('export');
      throw error;
    } finally {
      interruption.end();
    }
  });
}

/** `aico import <folder>` */
export async function runImport(context: CommandContext, given: string, { dryRun }: ImportOptions): Promise<number> {
  const path = resolve(given);
  await assertExport(path);
  return withBus(context.folders, async (bus) => {
    const line = progressLine(context);
    const begun = await bus.request('export.import.begin.v1', {});
    const { session } = begun;
    const interruption = onInterrupt(() => undefined);
    const follow = (what: string) => (step: { readonly done: number; readonly total: number }) => {
      interruption.check('import');
      if (step.total > 0) line.show(`• ${what}: ${Math.floor((step.done / step.total) * 100)} %`);
    };
    try {
      const checked = await feedFrom(path, begun, bus, follow('Looking through it'));
      const isFine = checked.report?.problems.length === 0;
      if (dryRun === true) {
        line.close();
        context.answer(checked.report, importText(checked.report, true));
        return isFine ? EXIT.done : EXIT.failed;
      }
      const adding = await bus.request('export.import.add.v1', { session });
      const done = await feedFrom(path, adding, bus, follow('Adding what is new'));
      line.close();
      context.answer(done.report, importText(done.report, false));
      return EXIT.done;
    } finally {
      line.close();
      interruption.end();
      await bus.request('export.import.end.v1', { session }).catch(() => undefined);
    }
  });
}

/** Ctrl-C ends the work, and what is half done is tidied up. */
function onInterrupt(then: () => void): { readonly check: (subject: string) => void; readonly end: () => void } {
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
    then();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  return {
    check: (subject) => {
      if (isInterrupted) throw new AicoError('KERNEL_CANCELLED', { subject });
    },
    end: () => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt),
  };
}

/** One line that changes on a terminal, and none elsewhere. */
function progressLine({ powers, json }: CommandContext): {
  readonly show: (text: string) => void;
  readonly close: () => void;
} {
  let isDrawn = false;
  return {
    show: (text) => {
      if (json || !powers.isTerminal) return;
      powers.err(`\r\u001b[2K${text.slice(0, powers.columns - 1)}`);
      isDrawn = true;
    },
    close: () => {
      if (isDrawn) powers.err('\r\u001b[2K');
      isDrawn = false;
    },
  };
}
