import {
  AicoError,
  type Bus,
  type ExportPage,
  type ExportPart,
  type ExportRecord,
  isAnswering,
  type PluginInfo,
} from '@aico/sdk';
import { readAudit, readKernel } from './own-sources.ts';

/** Somebody who keeps something of the user's. */
export interface Source extends ExportPart {
  /** How many records there are in all, or about, as far as it is known before. */
  count(): Promise<number>;
  pages(signal: AbortSignal): AsyncIterable<readonly ExportRecord[]>;
}

type Asking = Pick<Bus, 'request' | 'stream'>;

/** A disk may be slow, and a plugin may have to start first. */
const PAGE_TIMEOUT_MS = 120_000;
/** Taken back last: what others made of messages is there before those are read again. */
const LAST = 'chat';

/** Everything that can be exported, in the order in which it can be taken back. */
export async function findSources(bus: Asking): Promise<Source[]> {
  const { plugins } = await bus.request('kernel.plugin.list.v1', {});
  const served = plugins.flatMap((info): Source[] => {
    const { id, name, enabled } = info;
    const isOn = isAnswering(info);
    if ((!enabled && !isOn) || !serves(info, `plugin.${id}.export.read.v1`)) return [];
    const part = { plugin: id, name, imports: serves(info, `plugin.${id}.export.add.v1`), runs: isOn };
    return [{ ...part, count: async () => (await readPage(bus, id)).total ?? 0, pages: () => readPages(bus, id) }];
  });
  const rank = ({ plugin }: Source): string => (plugin === LAST ? '~' : plugin);
  served.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  const own = { imports: false, runs: true, count: async () => 0 };
  const kernel = { ...own, plugin: 'kernel', name: 'Settings and consents', pages: () => readKernel(bus, plugins) };
  const audit = plugins.find(({ id }) => id === 'audit');
  const audited: Source[] = audit?.enabled
    ? [{ ...own, plugin: audit.id, name: audit.name, runs: isAnswering(audit), pages: () => readAudit(bus) }]
    : [];
  return [...served, kernel, ...audited];
}

/** Those that are meant; everyone when nobody is named. @throws AicoError EXPORT_PART_UNKNOWN, EXPORT_PART_ABSENT */
export function chosenOf(sources: readonly Source[], parts: readonly string[] | undefined): readonly Source[] {
  const unknown = parts?.find((part) => !sources.some(({ plugin }) => plugin === part));
  if (unknown !== undefined) throw new AicoError('EXPORT_PART_UNKNOWN', { subject: unknown });
  const chosen = sources.filter(({ plugin }) => parts === undefined || parts.includes(plugin));
  const absent = chosen.find(({ runs }) => !runs);
  if (absent !== undefined) throw new AicoError('EXPORT_PART_ABSENT', { subject: absent.name });
  return chosen;
}

function serves({ permissions }: PluginInfo, wanted: string): boolean {
  return permissions.some(
    ({ granted, permission: { verb, topic } }) => granted && verb === 'serve' && topic === wanted,
  );
}

function readPage(bus: Asking, plugin: string, after?: string): Promise<ExportPage> {
  const asked = after === undefined ? {} : { after };
  return bus.request(`plugin.${plugin}.export.read.v1`, asked, { timeoutMs: PAGE_TIMEOUT_MS });
}

async function* readPages(bus: Asking, plugin: string): AsyncGenerator<readonly ExportRecord[]> {
  for (let after: string | undefined; ; ) {
    const { records, next } = await readPage(bus, plugin, after);
    for (const { kind, data } of records) {
      if (typeof data['id'] !== 'string' || data['id'] === '') throw broken(plugin, `one of its ${kind} has no id`);
    }
    yield records;
    if (next === undefined) return;
    if (next === after) throw broken(plugin, 'its pages do not end');
    after = next;
  }
}

function broken(plugin: string, problem: string): AicoError {
  return new AicoError('EXPORT_PART_BROKEN', { subject: plugin, details: { problem } });
}
