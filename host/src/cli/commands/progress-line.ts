import type { BackupProgress } from '@aico/schemas';
import type { CommandContext } from '../command-context.ts';
import { byteSize } from './backup-text.ts';

const PHASES: Readonly<Record<BackupProgress['phase'], string>> = {
  pausing: 'Holding the databases still',
  reading: 'Reading',
  writing: 'Writing',
  checking: 'Checking every piece',
  opening: 'Opening databases',
};

/** How far work on a backup is: one line that changes on a terminal, a line for each phase elsewhere, none as JSON. */
export class ProgressLine {
  readonly #context: CommandContext;
  #phase: BackupProgress['phase'] | undefined;
  #drawn = false;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  show({ phase, done, total }: BackupProgress): void {
    const { powers, json } = this.#context;
    const isNew = phase !== this.#phase;
    this.#phase = phase;
    if (json) return;
    if (!powers.isTerminal) {
      if (isNew) powers.err(`• ${PHASES[phase]}\n`);
      return;
    }
    const count = phase === 'opening' ? `${done} of ${total}` : `${byteSize(done)} of ${byteSize(total)}`;
    const line = `• ${PHASES[phase]}${total === 0 ? ' …' : `: ${count}`}`;
    powers.err(`\r\u001b[2K${line.slice(0, powers.columns - 1)}`);
    this.#drawn = true;
  }

  close(): void {
    if (this.#drawn) this.#context.powers.err('\r\u001b[2K');
    this.#drawn = false;
  }
}
