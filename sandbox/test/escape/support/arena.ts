import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kernel } from '@aico/kernel';
import type { PluginContext } from '@aico/sdk';
import { type Attack, STOPPED_FOR_CPU } from '../attack.ts';
import { Customer, NEIGHBOUR_CODE, NEIGHBOUR_TOPIC, type Service } from './neighbour.ts';
import { openKernel } from './open-kernel.ts';
import { PackageShelf } from './package-shelf.ts';
import { attachPeer } from './peer.ts';
import { Places } from './places.ts';
import { STORAGE, storageKeeping } from './storage.ts';
import { BREACH, Witness } from './witness.ts';

const CONTROL = ['kernel.plugin.install.v1', 'kernel.plugin.uninstall.v1', NEIGHBOUR_TOPIC];
const SMALL = { memoryMb: 96, cpuMsPerSecond: 200, startMs: 40_000, stopMs: 200 };
/** Whoever never finishes its start is waited for no longer than needed. */
const IMPATIENT = { startMs: 12_000 };
/** Whoever keeps the processor busy should be found soon. */
const HASTY = { cpuMsPerSecond: 50 };
const PATIENCE_MS = 50_000;
/** How long a contained attacker is watched after it said that it is done. */
const AFTERMATH_MS = 50;

/** What came of one attack. */
export interface Finding {
  readonly title: string;
  /** A code of an error, `contained`, or `nothing within …`. */
  readonly outcome: string;
  readonly asExpected: boolean;
  /** What it got that it must not get; empty for a sandbox that held. */
  readonly breaches: readonly string[];
  readonly neighbour: Service;
}

/** The real kernel with real processes: a neighbour at work, its customer, a storage, baits, and attackers one after another. */
export class Arena implements AsyncDisposable {
  readonly customer: Customer;
  readonly #folder: string;
  readonly #kernel: Kernel;
  readonly #shelf: PackageShelf;
  readonly #places: Places;
  readonly #control: PluginContext;
  readonly #witnesses: Map<string, Witness>;
  readonly #leastAnswers: number;
  #count = 0;

  private constructor(parts: {
    readonly folder: string;
    readonly kernel: Kernel;
    readonly shelf: PackageShelf;
    readonly places: Places;
    readonly control: PluginContext;
    readonly witnesses: Map<string, Witness>;
    readonly leastAnswers: number;
  }) {
    this.#folder = parts.folder;
    this.#kernel = parts.kernel;
    this.#shelf = parts.shelf;
    this.#places = parts.places;
    this.#control = parts.control;
    this.#witnesses = parts.witnesses;
    this.#leastAnswers = parts.leastAnswers;
    this.customer = new Customer(parts.control, parts.places.canary);
  }

  /** @param leastAnswers how many answers of the neighbour each attack is watched for at least, also once it is over */
  static async open(leastAnswers = 0): Promise<Arena> {
    const folder = await mkdtemp(join(tmpdir(), 'aico-'));
    const places = await Places.lay(folder);
    const shelf = new PackageShelf();
    const serving = { verb: 'serve', topic: NEIGHBOUR_TOPIC } as const;
    shelf.put({ id: 'neighbour', code: NEIGHBOUR_CODE, permissions: [serving] });
    shelf.put(storageKeeping(places.canary));
    const witnesses = new Map<string, Witness>();
    const kernel = openKernel(folder, shelf, {
      onLog: (id, line) => {
        if (id === STORAGE) witnesses.get(String(line.fields?.sender))?.heard(line.message);
        else witnesses.get(id)?.log(line);
      },
      onViolation: (violation) => witnesses.get(violation.sender)?.violation(violation),
      onChange: (change) => witnesses.get(change.id)?.change(change),
    });
    await kernel.start();
    const control = await attachPeer(
      kernel,
      'cli',
      CONTROL.map((topic) => ({ verb: 'request', topic })),
    );
    return new Arena({ folder, kernel, shelf, places, control, witnesses, leastAnswers });
  }

  /** Runs one attack as a plugin of its own until it is contained, refused or stopped. */
  async run(attack: Attack): Promise<Finding> {
    this.#count += 1;
    const id = `attacker-${this.#count}`;
    const witness = new Witness(this.#places.canary);
    this.#witnesses.set(id, witness);
    const began = performance.now();
    const prelude = `const PLACES = ${JSON.stringify(this.#places.names)}; const BREACH = '${BREACH}';\n`;
    const { quota } = attack;
    const permissions = (attack.permissions ?? []).map(({ verb, topic }) => ({
      verb,
      topic: topic.replace('SELF', id),
    }));
    this.#shelf.put({ id, code: prelude + attack.code, permissions, quota: { ...leastOf(attack), ...quota } });
    this.#ask('kernel.plugin.install.v1', { path: id });
    const outcome = await this.#outcome(attack, witness);
    let neighbour = this.customer.since(began);
    // One that answers no more ends this as well: what failed counts too.
    while (neighbour.answered + neighbour.failed < this.#leastAnswers) {
      await delay(AFTERMATH_MS);
      neighbour = this.customer.since(began);
    }
    await this.#remove(id, witness);
    this.#witnesses.delete(id);
    return {
      title: attack.title,
      outcome,
      asExpected: isExpected(attack, outcome, witness),
      breaches: [...new Set(witness.breaches)],
      neighbour,
    };
  }

  /** What happened to the baits, all attacks together. */
  damage(): Promise<string[]> {
    return this.#places.damage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.customer.close();
    await this.#kernel.stop();
    this.#places.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #outcome({ expect }: Attack, witness: Witness): Promise<string> {
    const end = performance.now() + PATIENCE_MS;
    while (performance.now() < end) {
      if (witness.fall !== undefined) return witness.fall;
      if (expect.is === 'refused') {
        const violation = expect.by.find((code) => witness.violations.has(code));
        if (violation !== undefined) return violation;
      }
      if (expect.is === 'contained' && witness.done && witness.active) {
        await delay(AFTERMATH_MS);
        return witness.fall ?? 'contained';
      }
      await delay(5);
    }
    const seen = [...witness.violations, witness.active ? 'active' : 'not active', witness.done ? 'done' : 'not done'];
    return `nothing within ${PATIENCE_MS} ms (${seen.join(', ')})`;
  }

  async #remove(id: string, witness: Witness): Promise<void> {
    witness.gone = false;
    this.#ask('kernel.plugin.uninstall.v1', { id });
    const end = performance.now() + PATIENCE_MS;
    while (!witness.gone && performance.now() < end) await delay(5);
  }

  /** The answer waits for every plugin to settle, others' included: what happened is seen by the witness instead. */
  #ask(topic: string, data: unknown): void {
    this.#control.bus.request(topic as never, data as never).catch(() => {});
  }
}

function leastOf({ expect }: Attack): typeof SMALL {
  if (expect === STOPPED_FOR_CPU) return { ...SMALL, ...HASTY };
  const neverStarts = expect.is === 'stopped' && expect.by.includes('KERNEL_PLUGIN_START_TIMEOUT');
  return neverStarts ? { ...SMALL, ...IMPATIENT } : SMALL;
}

function isExpected({ expect }: Attack, outcome: string, witness: Witness): boolean {
  if (expect.is === 'contained') return outcome === 'contained';
  // Elsewhere what ended a process is not always told by its exit; that it ended must do.
  if (expect.is === 'stopped' && process.platform !== 'linux') return witness.fall !== undefined;
  return (expect.by as readonly string[]).includes(outcome);
}
