import type { PluginChanged, SystemStatus } from '@aico/schemas';
import type { HostFacts } from '../door/door-protocol.ts';
import type { Restored } from '../home/take-incoming.ts';
import type { LogTerminal } from '../logging/pretty-terminal.ts';
import type { CommandContext } from './command-context.ts';
import { errorText, paint, reportsOf } from './error-text.ts';
import { PluginBoard } from './plugin-board.ts';

/** The end of a start. */
export interface Ready {
  readonly status: SystemStatus;
  readonly url: string | undefined;
  readonly elapsedMs: number;
}

/** Shows how `aico start` goes: one line that changes on a terminal, a line for each step elsewhere, events as JSON. */
export class StartDisplay {
  readonly #context: CommandContext;
  readonly #board = new PluginBoard();
  #line = '';
  #phase = '';

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Where logs go: above the line that changes. */
  get terminal(): LogTerminal {
    const { colors, isTerminal } = this.#context.powers;
    return { colors: colors.err, isSeen: isTerminal, write: (text) => this.#print(text) };
  }

  /** A backup was put in place before anything else was done. */
  restored({ backup, before }: Restored): void {
    if (this.#context.json) this.#event('restored', { backup, before });
    else this.#print(`• The backup ${backup} is in place; what was there before is in ${before}.\n`);
  }

  phase(text: string): void {
    this.#phase = text;
    if (this.#context.json) return;
    if (this.#context.powers.isTerminal) this.#draw();
    else this.#print(`• ${text}\n`);
  }

  /** @param isSealed whether what its error says is for those alone who look at a terminal now */
  change(told: PluginChanged, isSealed = false): void {
    const { powers, json } = this.#context;
    const change = isSealed && (json || !powers.isTerminal) ? withoutWords(told) : told;
    this.#board.note(change);
    if (json) this.#event('plugin', change);
    else if (powers.isTerminal) this.#draw();
    else if (change.to === 'active' || change.error !== undefined) this.#print(`  ${change.id}: ${change.to}\n`);
  }

  ready({ status, url, elapsedMs }: Ready): void {
    this.#clear();
    this.#phase = '';
    const { failed, waiting } = this.#board;
    if (this.#context.json) {
      this.#event('ready', { url, elapsedMs, processId: process.pid, status, failed });
      return;
    }
    const { powers } = this.#context;
    const seconds = (elapsedMs / 1000).toFixed(1);
    const where = url ?? 'but nothing offers an address; see below';
    powers.out(
      `${paint('green', '✓', powers.colors.out)} Ready in ${seconds} s: ${paint('bold', where, powers.colors.out)}\n`,
    );
    if (waiting.length > 0) powers.err(`  Waiting until the vault is open or others run: ${names(waiting)}\n`);
    for (const { id, to, error } of failed) {
      if (error !== undefined) powers.err(`\n${id} is ${to}\n${errorText(error, powers.colors.err)}`);
    }
    powers.err('  Ctrl-C stops everything.\n');
  }

  /** A password that was handed over is tried; without it the vault waits as ever. */
  async unlocking(unlocked: Promise<void>): Promise<void> {
    const { powers, json } = this.#context;
    try {
      await unlocked;
      if (json) this.#event('unlocked', {});
      else powers.err('  The vault is open: its password was handed over.\n');
    } catch (error) {
      const reports = reportsOf(error);
      if (json) this.#event('locked', { errors: reports });
      else for (const report of reports) powers.err(errorText(report, powers.colors.err));
    }
  }

  alreadyRunning(facts: HostFacts, url: string | undefined): void {
    this.#clear();
    const { home, processId } = facts;
    const where = url ?? `process ${processId}, ${facts.state}`;
    this.#context.answer(
      { event: 'alreadyRunning', url, ...facts },
      `AICO already runs at ${where} (data folder ${home}).`,
    );
  }

  stopping(reason: string): void {
    if (this.#context.json) this.#event('stopping', { reason });
    else this.phase('Stopping');
  }

  stopped(): void {
    this.#clear();
    if (this.#context.json) this.#event('stopped', {});
    else this.#context.powers.err(`${paint('green', '✓', this.#context.powers.colors.err)} Stopped\n`);
  }

  /** Takes the changing line away, before anything else is written. */
  close(): void {
    this.#clear();
  }

  #event(event: string, data: object): void {
    this.#context.powers.out(`${JSON.stringify({ event, ...data })}\n`);
  }

  #print(text: string): void {
    const line = this.#line;
    this.#clear();
    this.#context.powers.err(text);
    if (line !== '') this.#draw();
  }

  #draw(): void {
    if (this.#phase === '') return;
    this.#clear();
    const { active, wanted, underway } = this.#board;
    const count = wanted.length === 0 ? '' : ` (${active.length} of ${wanted.length} run)`;
    const now = underway.length === 0 ? ' …' : `: ${names(underway)} …`;
    this.#line = `• ${this.#phase}${count}${now}`.slice(0, this.#context.powers.columns - 1);
    this.#context.powers.err(this.#line);
  }

  #clear(): void {
    if (this.#line !== '') this.#context.powers.err('\r\u001b[2K');
    this.#line = '';
  }
}

/** What becomes of the output is not known: a service manager keeps it on disk. */
function withoutWords({ error, ...change }: PluginChanged): PluginChanged {
  if (error === undefined) return change;
  const message = `Why is sealed, for it may be what you told ${change.id}.`;
  const fix = `While the vault is open, aico plugin info ${change.id} says it, and aico logs.`;
  return { ...change, error: { code: error.code, message, fix } };
}

function names(plugins: readonly PluginChanged[]): string {
  return plugins.map(({ id }) => id).join(', ');
}
