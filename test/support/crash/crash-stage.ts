import { setTimeout as delay } from 'node:timers/promises';
import type { BackupList, MessagePage } from '@aico/schemas';
import { descendantsOf } from '../../../host/test/support/aico.ts';
import { BrowserSession, PASSWORD } from '../browser-session.ts';
import { Product } from '../product.ts';
import { trustStranger } from '../stranger.ts';
import { LEDGER, type LedgerNotes, packLedger, readLedger } from './ledger.ts';

const BACK_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** Those with a database of their own. */
const KEEPERS = ['storage', 'chat', 'memory', 'llm', 'journal', 'scheduler', 'network', 'backup', LEDGER];

/** What came of all the crashes. */
export interface CrashReport extends LedgerNotes {
  readonly said: number;
  /** Said, acknowledged, and not in the conversation. */
  readonly unsaid: readonly string[];
  readonly passwords: number;
  /** Changes of the password that were cut short before they were acknowledged, and in force all the same. */
  readonly unconfirmed: number;
  readonly backups: number;
}

/** The real product under writes, migrations, backups and changes of its password, which is killed as a whole. */
export class CrashStage {
  readonly #home: string;
  #product: Product;
  #session: BrowserSession;
  #conversation = '';
  /** The last one is in force, and so may be the one after, which was asked for and not confirmed. */
  #password = PASSWORD;
  #nextPassword: string | undefined;
  #living = false;
  #life: Promise<unknown> = Promise.resolve();
  readonly #said: string[] = [];
  #passwords = 0;
  #unconfirmed = 0;

  private constructor(home: string, product: Product, session: BrowserSession) {
    this.#home = home;
    this.#product = product;
    this.#session = session;
  }

  static async open(home: string): Promise<CrashStage> {
    await trustStranger(home, 'trusted');
    const product = await Product.launch(home);
    const stage = new CrashStage(home, product, await BrowserSession.setup(product.url));
    try {
      await stage.#aico('plugin', 'install', await packLedger(home));
      await stage.#aico('plugin', 'enable', LEDGER);
      stage.#conversation = (await stage.#session.conversation()).id;
      await stage.#backAgain();
      stage.#live();
      return stage;
    } catch (error) {
      await product.stop();
      throw error;
    }
  }

  /** Kills every process at once, starts anew, and waits until everybody's database has opened. */
  async crash(): Promise<void> {
    this.#living = false;
    const below = descendantsOf(this.#product.processId);
    const gone = this.#product.stop('SIGKILL');
    for (const each of below) kill(each);
    await gone;
    await this.#life;
    this.#product = await Product.launch(this.#home);
    this.#session = await this.#unlock();
    await this.#backAgain();
    this.#live();
  }

  /** Ends in peace, starts once more and judges. */
  async judge(): Promise<CrashReport> {
    this.#living = false;
    await this.#life;
    await this.#product.stop();
    this.#product = await Product.launch(this.#home);
    this.#session = await this.#unlock();
    await this.#backAgain();
    const messages = await this.#allMessages();
    const { backups } = JSON.parse((await this.#product.aico('backup', 'list', '--json')).stdout) as BackupList;
    const [newest] = backups;
    if (newest !== undefined) await this.#aico('backup', 'verify', newest.id);
    return {
      ...readLedger(this.#home),
      said: this.#said.length,
      unsaid: this.#said.filter((text) => !messages.has(text)),
      passwords: this.#passwords,
      unconfirmed: this.#unconfirmed,
      backups: backups.length,
    };
  }

  close(): Promise<void> {
    this.#living = false;
    return this.#product.stop();
  }

  #live(): void {
    this.#living = true;
    const session = this.#session;
    const again = async (work: () => Promise<void>): Promise<void> => {
      while (this.#living) await work().catch(() => delay(LOOK_EVERY_MS));
    };
    this.#life = Promise.all([
      again(() => this.#say(session)),
      again(() => this.#changePassword(session)),
      again(async () => void (await this.#product.aico('backup', 'create'))),
    ]);
  }

  async #say(session: BrowserSession): Promise<void> {
    const text = `My lucky number is ${this.#said.length + 1}, at ${Date.now()}.`;
    const { reply } = await session.turn(this.#conversation, text);
    if (reply?.status === 'complete') this.#said.push(text);
    await delay(LOOK_EVERY_MS);
  }

  async #changePassword(session: BrowserSession): Promise<void> {
    // One whose fate is not known is enough: the next start shows which is in force.
    if (this.#nextPassword !== undefined) return delay(LOOK_EVERY_MS);
    const next = `${PASSWORD} ${Date.now()}`;
    this.#nextPassword = next;
    await session.call('POST', '/vault/password', { current: this.#password, next });
    this.#password = next;
    this.#nextPassword = undefined;
    this.#passwords += 1;
  }

  async #unlock(): Promise<BrowserSession> {
    const next = this.#nextPassword;
    this.#nextPassword = undefined;
    try {
      return await BrowserSession.unlock(this.#product.url, this.#password);
    } catch (error) {
      if (next === undefined) throw error;
      const session = await BrowserSession.unlock(this.#product.url, next);
      this.#password = next;
      this.#unconfirmed += 1;
      return session;
    }
  }

  async #backAgain(): Promise<void> {
    const deadline = Date.now() + BACK_WITHIN_MS;
    for (;;) {
      const plugins = await Promise.all(KEEPERS.map((id) => this.#session.plugin(id)));
      const down = plugins.filter(({ state }) => state !== 'active');
      if (down.length === 0) return;
      const damaged = down.find(({ error }) => error?.code.startsWith('STORAGE_') === true);
      if (damaged !== undefined || Date.now() > deadline)
        throw new Error(JSON.stringify(down.map(({ id, state, error }) => ({ id, state, error }))));
      await delay(LOOK_EVERY_MS);
    }
  }

  async #allMessages(): Promise<ReadonlySet<string>> {
    const texts = new Set<string>();
    for (let before = ''; ; ) {
      const path = `/conversations/${this.#conversation}/messages?limit=100${before}`;
      const { messages, previous } = await this.#session.call<MessagePage>('GET', path);
      for (const { text } of messages) texts.add(text);
      if (previous === undefined) return texts;
      before = `&before=${previous}`;
    }
  }

  async #aico(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await this.#product.aico(...args);
    if (code !== 0) throw new Error(`aico ${args.join(' ')} failed: ${stdout}${stderr}`);
  }
}

function kill(processId: number): void {
  try {
    process.kill(processId, 'SIGKILL');
  } catch {
    // It went with the others.
  }
}
