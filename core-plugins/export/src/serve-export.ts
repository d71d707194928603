import { AicoError, type ImportReport, isAicoError, type PluginContext } from '@aico/sdk';
import { Importing } from './import/importing.ts';
import { findLeftOut } from './left-out.ts';
import { runExport } from './run-export.ts';
import { chosenOf, findSources } from './sources.ts';

/** An import that was left alone for so long gives way to another one. */
const ABANDONED_AFTER_MS = 60_000;

interface Running {
  readonly importing: Importing;
  usedAt: number;
  isBusy: boolean;
}

/** Answers the topics of export and import: one of each at a time. */
export async function serveExport({ bus, log }: PluginContext, now: () => number): Promise<void> {
  let isExporting = false;
  let running: Running | undefined;
  const note = (kind: string, by: string, details: Record<string, string>): Promise<unknown> =>
    bus.request('kernel.trail.note.v1', { kind, by, details });

  await bus.serve('export.parts.v1', async () => ({
    parts: (await findSources(bus)).map(({ plugin, name, imports, runs }) => ({ plugin, name, imports, runs })),
  }));
  await bus.serveStream('export.run.v1', async ({ data, sender, signal }, stream) => {
    if (isExporting) throw new AicoError('EXPORT_BUSY', { subject: 'export' });
    isExporting = true;
    try {
      const all = await findSources(bus);
      const sources = chosenOf(all, data.parts);
      const without = await findLeftOut(bus, all, sources);
      const parts = sources.map(({ plugin }) => plugin).join(', ');
      // Before the first of it goes out: one that is cut short is in the audit, too.
      await note('data.exported', sender, { formats: data.formats.join(', '), parts: parts.slice(0, 500) });
      const send = stream.write.bind(stream);
      const done = await runExport({ bus, now: () => new Date(now()), send, signal }, sources, data.formats, without);
      log.info('Everything that was chosen was exported.', { files: done.files, bytes: done.bytes });
      return done;
    } catch (error) {
      throw signal.aborted && !isAicoError(error) ? new AicoError('KERNEL_CANCELLED', { subject: 'export' }) : error;
    } finally {
      isExporting = false;
    }
  });

  await bus.serve('export.import.begin.v1', async () => {
    if (running !== undefined && (running.isBusy || now() - running.usedAt < ABANDONED_AFTER_MS))
      throw new AicoError('EXPORT_BUSY', { subject: 'import' });
    const before = running;
    running = { importing: new Importing(bus, await findSources(bus)), usedAt: now(), isBusy: false };
    await before?.importing.drop();
    return running.importing.step();
  });
  /** One call at a time; what fails ends the import. */
  const use = async <Result>(session: string, work: (importing: Importing) => Promise<Result>): Promise<Result> => {
    const current = running;
    if (current?.importing.id !== session) throw new AicoError('EXPORT_IMPORT_UNKNOWN', { subject: session });
    if (current.isBusy) throw new AicoError('EXPORT_BUSY', { subject: 'piece of the import' });
    current.isBusy = true;
    try {
      return await work(current.importing);
    } catch (error) {
      if (!isAicoError(error, 'EXPORT_INVALID') && running === current) running = undefined;
      throw error;
    } finally {
      current.isBusy = false;
      current.usedAt = now();
    }
  };
  await bus.serve('export.import.feed.v1', async ({ data, sender }) => {
    const step = await use(data.session, (importing) => importing.feed(data));
    if (step.phase !== 'done') return step;
    running = undefined;
    await note('data.imported', sender, { added: addedText(step.report) });
    return step;
  });
  await bus.serve('export.import.add.v1', ({ data, sender }) =>
    use(data.session, async (importing) => {
      const { report } = importing.step();
      const step = importing.add();
      await note('data.imported', sender, { begun: addedText(report) });
      return step;
    }),
  );
  await bus.serve('export.import.end.v1', async ({ data }) => {
    if (running?.importing.id !== data.session) return {};
    const { importing } = running;
    running = undefined;
    await importing.drop();
    return {};
  });
}

function addedText(report: ImportReport | undefined): string {
  const told = (report?.counts ?? []).filter(({ added }) => added > 0);
  return (
    told
      .map(({ plugin, kind, added }) => `${plugin} ${kind} ${added}`)
      .join(', ')
      .slice(0, 500) || 'nothing'
  );
}
