import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus, ExportDone, ExportOutcome, ExportRun, ImportReport, ImportStep, Manifest } from '@aico/sdk';
import { createTestKernel, serveStorage, type TestKernel } from '@aico/sdk-testing';
import definition from '../../src/index.ts';

type Data = Record<string, unknown>;
export type Files = Map<string, Buffer>;

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../plugin.json'), 'utf8')) as Manifest;
const PAGE = 3;
/** A file in pieces that end anywhere. */
const PIECE = 1000;

/** Plugins that keep records by kind, the export plugin, and a user who exports and imports. */
export interface House extends AsyncDisposable {
  readonly kernel: TestKernel;
  readonly bus: Bus;
  /** What a plugin keeps: its records by kind, in order. */
  readonly kept: ReadonlyMap<string, Map<string, Data[]>>;
  /** Attached files by id. */
  readonly blobs: Map<string, Buffer>;
  /** What was written through `add`, in order. */
  readonly added: string[];
  exported(run?: Partial<ExportRun>): Promise<{ readonly files: Files; readonly done: ExportDone }>;
  looked(files: Files): Promise<ImportStep>;
  imported(files: Files): Promise<ImportReport | undefined>;
  fed(files: Files, begun: ImportStep): Promise<ImportStep>;
  givenUp(session: string): Promise<unknown>;
}

export async function createHouse(): Promise<House> {
  const kernel = await createTestKernel();
  await serveStorage(kernel);
  const databases = await kernel.peer({
    id: 'databases',
    permissions: [{ verb: 'serve', topic: 'storage.database.list.v1' }],
  });
  await databases.bus.serve('storage.database.list.v1', () => ({ plugins: ['chat', 'diary', 'old-album'] }));
  const blobs = new Map<string, Buffer>();
  const added: string[] = [];
  const kept = new Map<string, Map<string, Data[]>>();
  for (const id of ['chat', 'memory', 'diary']) kept.set(id, await loadHolder(kernel, id, { blobs, added }));
  await kernel.load({ manifest, definition });
  const { bus } = await kernel.peer({
    id: 'user',
    permissions: [
      ...['parts', 'run', 'import.begin', 'import.feed', 'import.add', 'import.end'].map(
        (name) => ({ verb: 'request', topic: `export.${name}.v1` }) as const,
      ),
    ],
  });
  const fed: House['fed'] = async (files, begun) => {
    let step = begun;
    while (step.next !== undefined) {
      const { session, next: file } = step;
      const content = files.get(file);
      if (content === undefined) {
        step = await bus.request('export.import.feed.v1', { session, file, offset: 0, data: '', absent: true });
        continue;
      }
      for (let offset = 0; offset < content.length; offset += PIECE) {
        const data = content.toString('base64', offset, offset + PIECE);
        await bus.request('export.import.feed.v1', { session, file, offset, data });
      }
      step = await bus.request('export.import.feed.v1', {
        session,
        file,
        offset: content.length,
        data: '',
        last: true,
      });
    }
    return step;
  };
  const looked: House['looked'] = async (files) => fed(files, await bus.request('export.import.begin.v1', {}));
  return {
    ...{ kernel, bus, kept, blobs, added, fed, looked },
    givenUp: (session) => bus.request('export.import.end.v1', { session }),
    exported: async (run = {}) => {
      const files: Files = new Map();
      const stream = bus.stream('export.run.v1', { formats: ['jsonl'], parts: ['chat', 'diary', 'memory'], ...run });
      for await (const { file, data } of stream)
        files.set(file, Buffer.concat([files.get(file) ?? Buffer.alloc(0), Buffer.from(data, 'base64')]));
      return { files, done: await stream.result };
    },
    imported: async (files) => {
      const { session } = await looked(files);
      return (await fed(files, await bus.request('export.import.add.v1', { session }))).report;
    },
    [Symbol.asyncDispose]: () => kernel.close(),
  };
}

async function loadHolder(
  kernel: TestKernel,
  id: string,
  { blobs, added }: Pick<House, 'blobs' | 'added'>,
): Promise<Map<string, Data[]>> {
  const kinds = new Map<string, Data[]>();
  const attachments = id === 'chat' ? ['read', 'write', 'finish', 'abort'] : [];
  const topics = [
    `plugin.${id}.export.read.v1`,
    `plugin.${id}.export.add.v1`,
    ...attachments.map((verb) => `chat.attachment.${verb}.v1`),
  ];
  const about = { ...manifest, id, name: id, dependencies: {}, needs: [], tier: 'trusted' as const };
  const permissions = topics.map((topic) => ({ verb: 'serve', topic, reason: 'To keep it.' }) as const);
  const uploads = new Map<string, Buffer[]>();
  await kernel.load({
    manifest: { ...about, permissions },
    definition: {
      async activate({ bus }) {
        await bus.serve(`plugin.${id}.export.read.v1`, ({ data: { after = '0' } }) => {
          const all = [...kinds].flatMap(([kind, records]) => records.map((data) => ({ kind, data })));
          const end = Number(after) + PAGE;
          const total = after === '0' ? { total: all.length } : {};
          return { records: all.slice(Number(after), end), ...(end < all.length && { next: String(end) }), ...total };
        });
        await bus.serve(`plugin.${id}.export.add.v1`, ({ data: { kind, records, dry } }) => {
          const here = kinds.get(kind) ?? [];
          if (!dry) kinds.set(kind, here);
          const conversations = new Set((kinds.get('conversations') ?? []).map((each) => each['id']));
          const outcomes = records.map((record): ExportOutcome => {
            if (here.some((each) => each['id'] === record['id'])) return { is: 'known' };
            if (!dry) here.push(record as Data);
            if (!dry) added.push(`${id} ${kind}`);
            const needs = kind === 'messages' && !conversations.has((record as Data)['conversation']);
            return { is: 'new', ...(needs && { needs: `conversations/${String((record as Data)['conversation'])}` }) };
          });
          return { outcomes };
        });
        if (id !== 'chat') return;
        await bus.serveStream('chat.attachment.read.v1', async ({ data }, stream) => {
          const content = blobs.get(data.id) ?? Buffer.alloc(0);
          for (let at = 0; at < content.length; at += 50_000)
            await stream.write({ data: content.toString('base64', at, at + 50_000) });
          return { id: data.id, size: content.length };
        });
        await bus.serve('chat.attachment.write.v1', ({ data: { upload = uploadId(), offset, data } }) => {
          const bytes = Buffer.from(data, 'base64');
          uploads.set(upload, [...(uploads.get(upload) ?? []), bytes]);
          return { upload, offset: offset + bytes.length };
        });
        await bus.serve('chat.attachment.finish.v1', ({ data: { upload } }) => {
          const content = Buffer.concat(uploads.get(upload) ?? []);
          const blob = { id: String(blobs.size).padStart(64, 'f'), size: content.length };
          blobs.set(blob.id, content);
          added.push('file');
          return blob;
        });
        await bus.serve('chat.attachment.abort.v1', () => ({}));
      },
    },
  });
  return kinds;
}

function uploadId(): string {
  return crypto.randomUUID().replaceAll('-', '');
}
