import { isAicoError, type Migrated, type Migration, type PluginChanged } from '@aico/sdk';
import type { Databases } from './databases.ts';
import type { RestorePoint } from './restore-point.ts';

/** What trials need of the world. */
export interface TrialPowers {
  readonly databases: Databases;
  /** The wall clock, ms since 1970. */
  readonly wallClock: () => number;
  /** Calls back after some ms; returns its undo. */
  readonly after: (milliseconds: number, handler: () => void) => () => void;
  /** Told when a database is as it was before its migration. */
  readonly onReturn: (plugin: string, version: number) => void;
}

/** A plugin migrated its database and has not said that it runs. */
interface Trial {
  readonly incarnation: string;
  readonly over: PromiseWithResolvers<void>;
  readonly stopTimer: () => void;
}

/** The longest that another version of a plugin waits to learn whether its database stays migrated. */
const LONGEST_MS = 30_000;
/** An older copy may lack what was written since. */
const RETURN_WITHIN_MS = 15 * 60_000;

/**
 * A migrated database is on trial until its plugin runs. If another version runs instead, the database returns to what it was
 * before; what that version asks for meanwhile waits.
 */
export class Trials {
  readonly #powers: TrialPowers;
  readonly #trials = new Map<string, Trial>();
  /** The incarnation of each plugin that runs. */
  readonly #running = new Map<string, string>();

  constructor(powers: TrialPowers) {
    this.#powers = powers;
  }

  /** Resolves when nothing stands against work of one incarnation of a plugin. */
  async admit(plugin: string, incarnation: string): Promise<void> {
    const trial = this.#trials.get(plugin);
    if (trial !== undefined && trial.incarnation !== incarnation) await trial.over.promise;
  }

  /** Migrates; an older version gets the database back that a newer one migrated and then could not run on. */
  async migrate(plugin: string, incarnation: string, migrations: readonly Migration[]): Promise<Migrated> {
    const { databases } = this.#powers;
    const migrate = () => databases.use(plugin, (own) => own.migrate(migrations));
    let migrated: Migrated;
    try {
      migrated = await migrate();
    } catch (error) {
      const point = databases.restorePoint(plugin);
      const isWanted = isAicoError(error, 'STORAGE_NEWER') && point?.version === migrations.length;
      if (!isWanted || !this.#isFresh(plugin, point)) throw error;
      await this.#return(plugin);
      migrated = await migrate();
    }
    if (databases.restorePoint(plugin) === undefined) return migrated;
    // One that runs has nothing to prove, and what it writes from now on is not to be taken back.
    if (this.#running.get(plugin) === incarnation) await databases.confirm(plugin);
    else this.#begin(plugin, incarnation);
    return migrated;
  }

  /** To be told of every change of state. */
  async changed({ id, to, incarnation }: Pick<PluginChanged, 'id' | 'to' | 'incarnation'>): Promise<void> {
    const trial = this.#trials.get(id);
    if (to === 'active' && incarnation !== undefined) this.#running.set(id, incarnation);
    if (to === 'active' && (trial === undefined || incarnation === trial.incarnation)) {
      await this.#powers.databases.confirm(id);
      this.#end(id);
    } else if (to === 'active' && incarnation !== undefined) await this.#return(id);
    else if (to === 'crashed' || to === 'stopped') this.#end(id);
  }

  /** Whether a plugin has still to prove that it runs on what it migrated. */
  has(plugin: string): boolean {
    return this.#trials.has(plugin);
  }

  /** Ends all waiting: everything is closed. */
  close(): void {
    for (const plugin of [...this.#trials.keys()]) this.#end(plugin);
  }

  #isFresh(plugin: string, point: RestorePoint): boolean {
    return this.#trials.has(plugin) || Math.abs(this.#powers.wallClock() - point.madeAt) < RETURN_WITHIN_MS;
  }

  async #return(plugin: string): Promise<void> {
    const point = await this.#powers.databases.putBack(plugin);
    if (point !== undefined) this.#powers.onReturn(plugin, point.version);
    this.#end(plugin);
  }

  #begin(plugin: string, incarnation: string): void {
    this.#end(plugin);
    const stopTimer = this.#powers.after(LONGEST_MS, () => this.#end(plugin));
    this.#trials.set(plugin, { incarnation, over: Promise.withResolvers(), stopTimer });
  }

  #end(plugin: string): void {
    const trial = this.#trials.get(plugin);
    this.#trials.delete(plugin);
    trial?.stopTimer();
    trial?.over.resolve();
  }
}
