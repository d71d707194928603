import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ChatMessage,
  type ForgetOrder,
  type Manifest,
  type Migration,
  type PluginContext,
  type PluginDefinition,
  readMigrations,
} from '@aico/sdk';
import { createTestKernel, serveJournal, type TestKernel } from '@aico/sdk-testing';
import { onTestFinished } from 'vitest';
import storage from '../../storage/src/index.ts';

const PLUGINS = join(import.meta.dirname, '../..');
const CONVERSATION = randomUUID();
/** Of memory's database. */
export const KEY: string = '5a'.repeat(32);

/** A kernel with the real storage, a vault that is open, and a chat that the test speaks for. */
export interface MemoryKernel {
  readonly kernel: TestKernel;
  /** Where storage keeps its databases. */
  readonly folder: string;
  readonly user: PluginContext;
  /** The steps of memory's database. */
  readonly migrations: readonly Migration[];
  /** What the chat holds; `memory` reads it when it starts. */
  readonly messages: ChatMessage[];
  load(definition: PluginDefinition, configuration?: Record<string, unknown>): Promise<PluginContext>;
  /** Says something in the chat. */
  say(text: string, more?: Partial<ChatMessage>): Promise<ChatMessage>;
}

export async function createMemoryKernel(): Promise<MemoryKernel> {
  const kernel = await createTestKernel();
  const folder = mkdtempSync(join(tmpdir(), 'aico-memory-'));
  onTestFinished(async () => {
    await kernel.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const vault = await kernel.peer({ id: 'vault', permissions: [{ verb: 'serve', topic: 'vault.key.derive.v1' }] });
  await vault.bus.serve('vault.key.derive.v1', () => ({ key: KEY }));
  await serveJournal(kernel);
  await kernel.load({ manifest: manifestOf('storage'), definition: storage, dataFolder: folder });

  const messages: ChatMessage[] = [];
  const chat = await kernel.peer({
    id: 'chat',
    permissions: [
      { verb: 'serve', topic: 'chat.message.list.v1' },
      { verb: 'publish', topic: 'chat.message.created.v1' },
    ],
  });
  await chat.bus.serve('chat.message.list.v1', ({ data: { after, before, limit = 100 } }) => {
    const end = before === undefined ? messages.length : Number(before);
    const from = after === undefined ? Math.max(0, end - limit) : Number(after);
    const page = messages.slice(from, after === undefined ? end : from + limit);
    return {
      messages: page,
      ...(page.length > 0 && { next: String(from + page.length) }),
      ...(after === undefined && from > 0 && { previous: String(from) }),
    };
  });
  const user = await kernel.peer({
    id: 'user',
    permissions: [
      ...['memory.recall.v1', 'memory.list.v1'],
      ...['plugin.memory.forget.find.v1', 'plugin.memory.forget.run.v1', 'storage.database.settle.v1'],
      ...['plugin.memory.export.read.v1', 'plugin.memory.export.add.v1'],
    ].map((topic) => ({ verb: 'request', topic }) as const),
  });
  return {
    kernel,
    folder,
    user,
    migrations: readMigrations(assetsOf(migrationsOf('memory'))),
    messages,
    load: (definition, configuration) =>
      kernel.load({
        manifest: manifestOf('memory'),
        definition,
        assets: migrationsOf('memory'),
        ...(configuration && { configuration }),
      }),
    say: async (text, more) => {
      const message = messageOf(text, more);
      messages.push(message);
      await chat.bus.publish('chat.message.created.v1', { message });
      return message;
    },
  };
}

/** Has memories forgotten; how many there were. */
export async function forget({ user }: MemoryKernel, order: Partial<ForgetOrder>): Promise<number> {
  const nothing = { messages: [], conversations: [], memories: [], titles: [], others: [] };
  const all = { ...nothing, since: '2020-01-01T00:00:00.000Z', ...order };
  const { kinds } = await user.bus.request('plugin.memory.forget.run.v1', all);
  return kinds[0]?.removed ?? -1;
}

let moment = Date.now();

/** A message, a millisecond after the one before. */
export function messageOf(text: string, more: Partial<ChatMessage> = {}): ChatMessage {
  moment += 1;
  const createdAt = new Date(moment).toISOString();
  return { id: randomUUID(), conversation: CONVERSATION, role: 'user', status: 'complete', text, createdAt, ...more };
}

/** Waits until a look gives something. */
export async function eventually<Value>(look: () => Promise<Value | undefined | false>, ms = 15_000): Promise<Value> {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > deadline) throw new Error('It did not come about in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function assetsOf(files: ReadonlyMap<string, Uint8Array>): PluginContext['assets'] {
  return { paths: [...files.keys()], read: (path) => files.get(path) };
}

function manifestOf(plugin: string): Manifest {
  return JSON.parse(readFileSync(join(PLUGINS, plugin, 'plugin.json'), 'utf8')) as Manifest;
}

function migrationsOf(plugin: string): Map<string, Uint8Array> {
  const folder = join(PLUGINS, plugin, 'migrations');
  return new Map(readdirSync(folder).map((name) => [`migrations/${name}`, readFileSync(join(folder, name))]));
}
