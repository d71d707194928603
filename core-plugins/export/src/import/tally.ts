import type { ExportOutcome, ImportCount, ImportProblem, ImportReport } from '@aico/sdk';

const MOST_PROBLEMS = 50;

type Count = { -readonly [Key in keyof ImportCount]: ImportCount[Key] };

/** What comes of an import, kind by kind, and what is wrong with it. */
export class Tally {
  readonly #counts = new Map<string, Count>();
  readonly #problems: ImportProblem[] = [];
  #more = 0;
  files = 0;

  count(plugin: string, kind: string, outcome: ExportOutcome['is']): void {
    const count = this.#of(plugin, kind);
    if (outcome === 'new') count.added += 1;
    else count[outcome] += 1;
  }

  /** Of a kind none is taken back. */
  leave(plugin: string, kind: string, why: NonNullable<ImportCount['left']>): void {
    this.#of(plugin, kind).left = why;
  }

  problem(file: string, problem: string, line?: number): void {
    if (this.#problems.length >= MOST_PROBLEMS) this.#more += 1;
    else this.#problems.push({ file, problem: problem.slice(0, 300), ...(line !== undefined && { line }) });
  }

  report(): ImportReport {
    return { counts: [...this.#counts.values()], files: this.files, problems: this.#problems, more: this.#more };
  }

  #of(plugin: string, kind: string): Count {
    const key = `${plugin} ${kind}`;
    const count = this.#counts.get(key) ?? { plugin, kind, added: 0, known: 0, refused: 0 };
    this.#counts.set(key, count);
    return count;
  }
}
