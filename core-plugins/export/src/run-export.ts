import type { Bus, ExportCount, ExportDone, ExportFormat, ExportManifest, ExportPiece, ExportWithout } from '@aico/sdk';
import { AttachedFiles } from './attached-files.ts';
import { JsonLines } from './formats/json-lines.ts';
import { Markdown } from './formats/markdown.ts';
import { Parquet } from './formats/parquet.ts';
import type { Sink } from './formats/sink.ts';
import { Output } from './output.ts';
import type { Source } from './sources.ts';

export const MANIFEST = 'manifest.json';

const SINKS: Readonly<Record<ExportFormat, new (output: Output) => Sink>> = {
  jsonl: JsonLines,
  markdown: Markdown,
  parquet: Parquet,
};

export interface ExportPowers {
  readonly bus: Pick<Bus, 'stream'>;
  readonly now: () => Date;
  readonly send: (piece: ExportPiece) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Writes what all sources keep in all formats, in one go through it, so that they tell the same; the manifest comes last.
 * What is held in memory does not grow with what there is.
 */
export async function runExport(
  { bus, now, send, signal }: ExportPowers,
  sources: readonly Source[],
  formats: readonly ExportFormat[],
  without: readonly ExportWithout[],
): Promise<ExportDone> {
  const counts = new Map<string, ExportCount & { records: number }>();
  const progress = { done: 0, total: 0 };
  for (const source of sources) progress.total += await source.count();
  const output = new Output((piece) => {
    signal.throwIfAborted();
    return send({ ...piece, ...progress });
  });
  const sinks = [...new Set(formats)].map((format) => new SINKS[format](output));
  const isTable = formats.every((format) => format === 'parquet');
  const files = isTable ? undefined : new AttachedFiles(bus, output);
  for (const { plugin, pages } of sources) {
    for await (const records of pages(signal)) {
      for (const { kind, data } of records) {
        const told = (await files?.placed(plugin, kind, data)) ?? data;
        for (const sink of sinks) await sink.add(plugin, kind, told);
        const count = counts.get(`${plugin} ${kind}`) ?? { plugin, kind, records: 0 };
        counts.set(`${plugin} ${kind}`, { ...count, records: count.records + 1 });
        progress.done += 1;
        progress.total = Math.max(progress.total, progress.done);
      }
    }
  }
  for (const sink of sinks) await sink.end();
  const manifest: ExportManifest = {
    format: 'aico-export',
    version: 1,
    createdAt: now().toISOString(),
    formats: [...new Set(formats)],
    counts: [...counts.values()],
    files: [...output.files],
    ...(without.length > 0 && { without: [...without] }),
  };
  await output.write(MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await output.end(MANIFEST);
  const bytes = output.files.reduce((sum, { size }) => sum + size, 0);
  return {
    counts: manifest.counts,
    files: output.files.length,
    bytes,
    leftOut: files?.leftOut ?? 0,
    ...(manifest.without !== undefined && { without: manifest.without }),
  };
}
