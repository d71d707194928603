import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { GroupStatus, JournalStatus, PluginInfo } from '@aico/schemas';
import { BrowserSession, PASSWORD } from '../browser-session.ts';
import { Product } from '../product.ts';
import { trustStranger } from '../stranger.ts';
import { judgeKills, type Kill, type KillReport, numbersOf, refusalsIn } from './kill-report.ts';
import { CONSUMER, GROUP, PUBLISHER, packNewerConsumer, packWitnesses, witnessFile } from './witness-plugins.ts';

const PLUGINS = { publisher: PUBLISHER, consumer: CONSUMER, journal: 'journal' } as const;
const LOOK_EVERY_MS = 100;
const BACK_WITHIN_MS = 60_000;

/** The real product with a publisher and a consumer under traffic, of which parts are killed. */
export class KillStage {
  readonly #home: string;
  readonly #kills: Kill[] = [];
  #product: Product;
  #session: BrowserSession;

  private constructor(home: string, product: Product, session: BrowserSession) {
    this.#home = home;
    this.#product = product;
    this.#session = session;
  }

  /** Starts everything in a folder; resolves when events flow. */
  static async open(home: string): Promise<KillStage> {
    await trustStranger(home, 'trusted');
    const product = await Product.launch(home);
    await product.unlock(PASSWORD, '--create');
    const stage = new KillStage(home, product, await BrowserSession.unlock(product.url));
    try {
      await stage.#begin();
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Kills one of the four with -9, and waits until the product's own means have brought all back. */
  async kill(victim: Kill['victim']): Promise<void> {
    let processId: number | undefined;
    if (victim !== 'host') ({ processId } = await this.#session.plugin(PLUGINS[victim]));
    const at = Date.now();
    if (victim === 'host') {
      await this.#product.stop('SIGKILL');
      await this.#startAgain();
    } else if (processId !== undefined) {
      process.kill(processId, 'SIGKILL');
      await this.#livesAgain(PLUGINS[victim], processId);
    }
    await this.#backAgain();
    this.#kills.push({ victim, at, end: Date.now() });
  }

  /** Stops the product in peace, and starts it anew. */
  async restart(): Promise<void> {
    await this.#product.stop();
    await this.#startAgain();
    await this.#backAgain();
  }

  /** Puts a newer version of the consumer in the place of the one that runs. */
  async update(version: string): Promise<void> {
    await this.#aico('plugin', 'install', await packNewerConsumer(this.#home, version));
    const found = await this.#session.plugin(CONSUMER);
    if (found.version !== version) throw new Error(`version ${found.version} runs, not ${version}`);
    await this.#backAgain();
  }

  /** As `restart`, while nothing can be written: what was settled is forgotten as at a kill, and comes again. */
  async restartUnwritable(): Promise<void> {
    const at = Date.now();
    await this.restart();
    this.#kills.push({ victim: 'host', at, end: Date.now() });
  }

  /** Ends the traffic, waits until all is handled, and judges. */
  async judge(): Promise<KillReport & Pick<GroupStatus, 'dead' | 'missed'>> {
    await this.#aico('plugin', 'disable', PUBLISHER);
    const isDone = async (): Promise<boolean> => {
      const group = await this.#group();
      return group?.members === 1 && group.waiting + group.inFlight === 0;
    };
    await this.#until('every event is handled', isDone);
    const { dead = 0, missed = 0 } = (await this.#group()) ?? {};
    return { ...judgeKills(await this.#read(PUBLISHER), await this.#read(CONSUMER), this.#kills), dead, missed };
  }

  /** Events that were acknowledged so far. */
  async acknowledged(): Promise<number> {
    return numbersOf(await this.#read(PUBLISHER), 'kept').length;
  }

  /** The error that the publisher was told last. */
  async refusal(): Promise<unknown> {
    return refusalsIn(await this.#read(PUBLISHER)).at(-1);
  }

  close(): Promise<void> {
    return this.#product.stop();
  }

  #read(plugin: string): Promise<string> {
    return readFile(witnessFile(this.#home, plugin), 'utf8');
  }

  async #begin(): Promise<void> {
    for (const path of await packWitnesses(this.#home)) await this.#aico('plugin', 'install', path);
    // The group begins with its first consumer: what is published before is not for it.
    await this.#aico('plugin', 'enable', CONSUMER);
    await this.#until('the consumer joins', async () => (await this.#group())?.members === 1);
    await this.#aico('plugin', 'enable', PUBLISHER);
    await this.#backAgain();
  }

  async #startAgain(): Promise<void> {
    this.#product = await Product.launch(this.#home);
    await this.#product.unlock(PASSWORD);
    this.#session = await BrowserSession.unlock(this.#product.url);
  }

  /** A plugin comes back by itself; whoever is set aside after three crashes is switched on as its user would. */
  async #livesAgain(id: string, killed: number): Promise<void> {
    await this.#until(`${id} lives again`, async () => {
      const { state, processId } = await this.#session.plugin(id);
      if (state === 'quarantined') await this.#aico('plugin', 'enable', id);
      return state === 'active' && processId !== killed;
    });
  }

  async #backAgain(): Promise<void> {
    const isActive = async (id: string): Promise<boolean> => {
      const { state, error }: PluginInfo = await this.#session.plugin(id);
      if (state === 'quarantined') await this.#aico('plugin', 'enable', id);
      if (state === 'rejected') throw new Error(`${id} was rejected: ${error?.message}`);
      return state === 'active';
    };
    await this.#until('all run again', async () => {
      const active = await Promise.all(Object.values(PLUGINS).map(isActive));
      return active.every(Boolean) && (await this.#group())?.members === 1;
    });
  }

  async #group(): Promise<GroupStatus | undefined> {
    // While the journal starts anew nobody answers.
    const status = await this.#session.call<JournalStatus>('GET', '/journal').catch(() => undefined);
    return status?.groups.find(({ name }) => name === GROUP);
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + BACK_WITHIN_MS;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`after ${BACK_WITHIN_MS} ms it is not so that ${what}`);
      await delay(LOOK_EVERY_MS);
    }
  }

  async #aico(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await this.#product.aico(...args);
    if (code !== 0) throw new Error(`aico ${args.join(' ')} failed: ${stdout}${stderr}`);
  }
}
