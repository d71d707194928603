import { readFileSync } from 'node:fs';
import type {
  Bus,
  ChatMessage,
  Conversation,
  Generate,
  GenerateChunk,
  GenerateResult,
  Manifest,
  Migration,
  PluginContext,
  Recall,
  RecallHit,
  Request,
  StreamWriter,
  TurnChunk,
  TurnRun,
  Undo,
} from '@aico/sdk';
import { readMigrations } from '@aico/sdk';
import { createTestKernel, serveBlobs, serveJournal, serveStorage, type TestKernel } from '@aico/sdk-testing';
import definition from '../../src/index.ts';

const read = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));
const manifest = JSON.parse(read('plugin.json').toString()) as Manifest;
const MIGRATIONS = [
  'migrations/0001-conversations.sql',
  'migrations/0002-files-to-be-named.sql',
  'migrations/0003-clock.sql',
];
const assets = new Map(MIGRATIONS.map((path) => [path, read(path)]));

const REQUESTS = [
  ...['list', 'create', 'get', 'rename', 'delete', 'restore'].map((verb) => `chat.conversation.${verb}.v1`),
  'chat.message.list.v1',
  'chat.turn.run.v1',
  'chat.turn.stop.v1',
  'chat.command.list.v1',
  'plugin.chat.forget.find.v1',
  'plugin.chat.forget.run.v1',
  'plugin.chat.export.read.v1',
  'plugin.chat.export.add.v1',
  ...['write', 'finish', 'abort', 'delete', 'read'].map((verb) => `chat.attachment.${verb}.v1`),
];

export const RESULT: GenerateResult = {
  finish: 'stop',
  provider: 'test',
  model: 'tiny',
  usage: { promptTokens: 1, completionTokens: 1, durationMs: 1 },
};

type Model = (request: Request<Generate>, stream: StreamWriter<GenerateChunk>) => Promise<GenerateResult>;

/** The steps of the plugin's database. */
export function migrations(): Migration[] {
  return readMigrations({ read: (path) => assets.get(path), paths: [...assets.keys()] });
}

/** A model that says these pieces. */
export const saying =
  (...pieces: string[]): Model =>
  async (_, stream) => {
    for (const text of pieces) await stream.write({ text });
    return RESULT;
  };

/** A model that says a piece and then waits until it is told to go on. */
export function halting(piece: string, rest = ' and more'): { readonly model: Model; readonly goOn: () => void } {
  const gate = Promise.withResolvers<void>();
  const model: Model = async (request, stream) => {
    await stream.write({ text: piece });
    const gone = new Promise<void>((resolve) => request.signal.addEventListener('abort', () => resolve()));
    await Promise.race([gate.promise, gone]);
    await stream.write({ text: rest });
    return RESULT;
  };
  return { model, goOn: gate.resolve };
}

/** A turn as its client saw it. */
export interface Seen {
  readonly chunks: readonly TurnChunk[];
  readonly reply: ChatMessage;
  /** The text that came in chunks. */
  readonly streamed: string;
}

/** The plugin on a kernel of its own, with a peer in the place of the browser. */
export interface LoadedChat extends AsyncDisposable {
  readonly kernel: TestKernel;
  readonly bus: Bus;
  /** Prompts that the model got. */
  readonly prompts: readonly Generate[];
  /** Messages that were told to be complete. */
  readonly created: readonly ChatMessage[];
  readonly changed: readonly { readonly conversation: Conversation; readonly change: string }[];
  /** Puts another model in the place of the one that answers. */
  answerBy(model: Model | undefined): Promise<void>;
  remember(recall: (request: Recall) => RecallHit[] | Promise<RecallHit[]>): Promise<void>;
  restart(): Promise<void>;
  create(): Promise<Conversation>;
  say(conversation: Conversation, text: string, rest?: Partial<TurnRun>): Promise<Seen>;
  run(turn: TurnRun): Promise<Seen>;
  messages(conversation: Conversation): Promise<ChatMessage[]>;
}

export async function loadChat(first: Model = saying('Hello', ' you')): Promise<LoadedChat> {
  const kernel = await createTestKernel();
  await serveStorage(kernel);
  await serveBlobs(kernel);
  await serveJournal(kernel);
  const start = (): Promise<PluginContext> => kernel.load({ manifest, definition, assets });
  await start();
  const { bus } = await kernel.peer({
    id: 'tester',
    permissions: [
      ...REQUESTS.map((topic) => ({ verb: 'request', topic }) as const),
      { verb: 'subscribe', topic: 'chat.>' },
      { verb: 'serve', topic: 'llm.generate.v1' },
      { verb: 'serve', topic: 'memory.recall.v1' },
    ],
  });
  const prompts: Generate[] = [];
  const created: ChatMessage[] = [];
  const changed: { conversation: Conversation; change: string }[] = [];
  await bus.subscribe('chat.message.created.v1', ({ data }) => void created.push(data.message));
  await bus.subscribe('chat.conversation.changed.v1', ({ data }) => void changed.push(data));

  let serving: Undo | undefined;
  const answerBy = async (model: Model | undefined): Promise<void> => {
    await serving?.();
    serving = undefined;
    if (model === undefined) return;
    serving = await bus.serveStream('llm.generate.v1', (request, stream) => {
      prompts.push(request.data);
      return model(request, stream);
    });
  };
  await answerBy(first);

  const run = async (turn: TurnRun): Promise<Seen> => {
    const stream = bus.stream('chat.turn.run.v1', turn);
    const chunks: TurnChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const { reply } = await stream.result;
    const streamed = chunks.map((chunk) => (chunk.kind === 'text' ? chunk.text : '')).join('');
    return { chunks, reply, streamed };
  };
  return {
    kernel,
    bus,
    prompts,
    created,
    changed,
    answerBy,
    remember: async (recall) => {
      await bus.serve('memory.recall.v1', async ({ data }) => ({ hits: await recall(data) }));
    },
    restart: async () => {
      await kernel.unload('chat');
      await start();
    },
    create: () => bus.request('chat.conversation.create.v1', {}),
    say: (conversation, text, rest = {}) => run({ conversation: conversation.id, text, ...rest }),
    run,
    messages: async ({ id }) => (await bus.request('chat.message.list.v1', { conversation: id })).messages,
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}

/** A memory as it is recalled. */
export function memoryOf(text: string): RecallHit {
  const source = { conversation: crypto.randomUUID(), message: crypto.randomUUID() };
  const memory = { id: crypto.randomUUID(), text, when: '2026-11-20T12:00:00.000Z', source };
  return { memory, score: 1, by: ['words'] };
}
