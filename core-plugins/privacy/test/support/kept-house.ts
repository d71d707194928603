import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AicoError,
  type ForgetOrder,
  type Manifest,
  type PluginContext,
  type PluginDefinition,
  type RetentionPolicy,
} from '@aico/sdk';
import {
  createTestKernel,
  serveBlobs,
  serveJournal,
  serveStorage,
  serveVectors,
  type TestKernel,
} from '@aico/sdk-testing';
import chat from '../../../chat/src/index.ts';
import { serveMemory } from '../../../memory/src/serve-memory.ts';
import { servePrivacy } from '../../src/serve-privacy.ts';

const PLUGINS = join(import.meta.dirname, '../../..');
const START = Date.parse('2026-11-26T12:00:00.000Z');
export const DAY_MS = 86_400_000;
const LOOK_MS = 1000;

export interface Said {
  readonly id: string;
  readonly conversation: string;
  /** ms since 1970. */
  readonly at: number;
  /** A memory that was at hand. */
  readonly quotes?: string;
}

/** The real chat, memory and privacy on a kernel of their own, with a clock that the test moves. */
export class KeptHouse {
  /** ms since 1970. */
  now = START;
  readonly kernel: TestKernel;
  /** What an album was told to forget that somebody else wrote. */
  readonly told: ForgetOrder[] = [];
  readonly backups: { id: string; createdAt: string }[] = [];
  shredded = 0;
  /** Whether the disk with the backups is away. */
  isGone = false;
  /** What the album does when it is told. */
  album: () => Promise<void> = async () => {};
  #user: PluginContext | undefined;
  #chat: PluginContext | undefined;
  #memory: PluginContext | undefined;
  #timers: { milliseconds: number; handler: () => void | Promise<void> }[] = [];

  private constructor(kernel: TestKernel) {
    this.kernel = kernel;
  }

  static async open(): Promise<KeptHouse> {
    const house = new KeptHouse(await createTestKernel());
    const { kernel } = house;
    await serveStorage(kernel);
    await serveBlobs(kernel);
    await serveJournal(kernel);
    await serveVectors(kernel);
    await house.#standIn();
    house.#chat = await kernel.load({ ...packageOf('chat'), definition: chat });
    house.#memory = await kernel.load({
      ...packageOf('memory'),
      definition: {
        activate: (ctx) => serveMemory(still(ctx), async () => ({ embed: async () => [], unload: () => {} })),
      },
      configuration: { modelIdleMinutes: 10 },
    });
    await house.start();
    house.#user = await kernel.peer({
      id: 'user',
      permissions: [
        ...['privacy.retention.get.v1', 'privacy.retention.preview.v1', 'privacy.retention.set.v1'],
        ...['privacy.receipt.list.v1', 'privacy.forget.find.v1', 'privacy.forget.run.v1'],
      ].map((topic) => ({ verb: 'request', topic }) as const),
    });
    return house;
  }

  get bus(): PluginContext['bus'] {
    return there(this.#user).bus;
  }

  /** Starts privacy; what it wants to do later waits for the test. */
  async start(): Promise<void> {
    this.#timers = [];
    const setTimer: PluginContext['setTimer'] = (milliseconds, handler) => {
      this.#timers.push({ milliseconds, handler });
      return async () => {};
    };
    const definition: PluginDefinition = {
      activate: (ctx) => servePrivacy({ ...ctx, setTimer }, () => this.now),
    };
    await this.kernel.load({ ...packageOf('privacy'), definition });
  }

  /** Time passes, and privacy looks. */
  async look(milliseconds = 0): Promise<void> {
    this.now += milliseconds;
    await this.#run((each) => each >= LOOK_MS);
  }

  /** Sets a policy, and has that done which follows at once. */
  async keep(policy: RetentionPolicy): Promise<void> {
    await this.bus.request('privacy.retention.set.v1', policy);
    await this.#run((each) => each < LOOK_MS);
  }

  async receipts() {
    return (await this.bus.request('privacy.receipt.list.v1', {})).receipts;
  }

  state() {
    return this.bus.request('privacy.retention.get.v1', {});
  }

  /** Everything that is kept is what was said here. */
  async fill(messages: readonly Said[], memories: readonly Said[]): Promise<void> {
    const conversations = [...new Set(messages.map(({ conversation }) => conversation))];
    await there(this.#chat).storage.batch([
      { sql: 'delete from message' },
      { sql: 'delete from conversation' },
      ...conversations.map((id) => ({
        sql: `insert into conversation (id, title, named, created_at, updated_at, messages) values (?, 'Named', 1, ?, ?, ?)`,
        values: [id, textOf(START), textOf(START), messages.filter((each) => each.conversation === id).length],
      })),
      ...messages.map(({ id, conversation, at, quotes }) => ({
        sql: `insert into message (id, conversation, role, status, text, created_at, extra) values (?, ?, ?, 'complete', ?, ?, ?)`,
        values: [
          ...[id, conversation, quotes === undefined ? 'user' : 'companion', `text of ${id}`, textOf(at)],
          quotes === undefined ? '{}' : JSON.stringify({ remembered: [{ memory: quotes, text: 'a quote' }] }),
        ],
      })),
    ]);
    await there(this.#memory).storage.batch([
      { sql: 'delete from memory' },
      { sql: 'delete from forgotten' },
      ...memories.map(({ id, conversation, at }) => ({
        sql: `insert into memory (id, text, said_at, conversation, message, part, asks) values (?, ?, ?, ?, ?, 0, 0)`,
        values: [id, `memory ${id}`, textOf(at).replace('Z', '000Z'), conversation, id],
      })),
    ]);
  }

  async messages(): Promise<string[]> {
    return this.#ids(this.#chat, 'select id from message order by id');
  }

  async conversations(): Promise<string[]> {
    return this.#ids(this.#chat, 'select id from conversation order by id');
  }

  /** Messages that still quote a memory. */
  async quoting(): Promise<string[]> {
    return this.#ids(this.#chat, `select id from message where instr(extra, 'a quote') > 0 order by id`);
  }

  async memories(): Promise<string[]> {
    return this.#ids(this.#memory, 'select id from memory order by id');
  }

  async #ids(ctx: PluginContext | undefined, sql: string): Promise<string[]> {
    return (await there(ctx).storage.query<{ id: string }>(sql)).map(({ id }) => id);
  }

  async #run(isMeant: (milliseconds: number) => boolean): Promise<void> {
    const due = this.#timers.filter(({ milliseconds }) => isMeant(milliseconds));
    this.#timers = this.#timers.filter(({ milliseconds }) => !isMeant(milliseconds));
    for (const { handler } of due) await handler();
  }

  /** What stands in for files and backups, an album that takes part, and a listener that could and does not. */
  async #standIn(): Promise<void> {
    const serving = (topic: string) => ({ verb: 'serve', topic, reason: 'To stand in for it.' }) as const;
    const topics = ['storage.database.list.v1', 'storage.database.settle.v1', 'backup.list.v1', 'backup.shred.v1'];
    const { bus } = await this.kernel.peer({ id: 'stand-in', permissions: topics.map(serving) });
    await bus.serve('storage.database.list.v1', () => ({ plugins: ['chat', 'memory'] }));
    await bus.serve('storage.database.settle.v1', () => ({ settled: 1, waiting: [] }));
    await bus.serve('backup.list.v1', () => {
      if (this.isGone) throw new AicoError('BACKUP_FOLDER_GONE', { subject: '/disk' });
      const sizes = { bytes: 1, newBytes: 1, files: 1, databases: 1, leftOut: 0 };
      return { backups: this.backups.map((each) => ({ ...each, ...sizes, version: '0.1.0' })), unreadable: [] };
    });
    await bus.serveStream('backup.shred.v1', async () => {
      this.shredded += 1;
      return { made: '20261127T120000Z-00000000', removed: this.backups.splice(0).map(({ id }) => id) };
    });
    const about = { ...packageOf('privacy').manifest, dependencies: {}, needs: [], quota: {} };
    await this.kernel.load({
      manifest: { ...about, id: 'album', permissions: [serving('plugin.album.forget.run.v1')] },
      definition: {
        activate: async ({ bus: own }) => {
          await own.serve('plugin.album.forget.run.v1', async ({ data }) => {
            this.told.push(data);
            await this.album();
            return { kinds: [] };
          });
        },
      },
    });
    const keeps = { verb: 'request', topic: 'storage.kv.set.v1', reason: 'To keep it.' } as const;
    await this.kernel.load({
      manifest: { ...about, id: 'scribe', permissions: [serving('plugin.scribe.command.run.v1'), keeps] },
      definition: { activate: () => {} },
    });
  }
}

export function textOf(time: number): string {
  return new Date(time).toISOString();
}

/** Memory that neither reads conversations nor wants its model while the test runs. */
function still(ctx: PluginContext): PluginContext {
  return { ...ctx, setTimer: () => async () => {} };
}

function packageOf(id: string): { manifest: Manifest; assets: Map<string, Uint8Array> } {
  const root = join(PLUGINS, id);
  const manifest = JSON.parse(readFileSync(join(root, 'plugin.json'), 'utf8')) as Manifest;
  const names = readdirSync(root).includes('migrations') ? readdirSync(join(root, 'migrations')) : [];
  const assets = names.map((name) => [`migrations/${name}`, readFileSync(join(root, 'migrations', name))] as const);
  return { manifest, assets: new Map(assets) };
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the house is not open');
  return value;
}
