import type { Bus, ExportRecord, PluginInfo } from '@aico/sdk';

type Asking = Pick<Bus, 'request' | 'stream'>;
type Schemas = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

const AT_ONCE = 500;
/** Between two pieces of the audit a file of a gigabyte may go to a slow disk. */
const SILENCE_MS = 15 * 60_000;

/** Settings that were set, secrets left out, and consents. They are there to be read. */
export async function* readKernel(
  bus: Asking,
  plugins: readonly PluginInfo[],
): AsyncGenerator<readonly ExportRecord[]> {
  for (const { id } of plugins) {
    const { values, sources, schema } = await bus.request('kernel.config.get.v1', { id });
    const schemas = (schema?.['properties'] ?? {}) as Schemas;
    const open = Object.entries(values).filter(([key]) => schemas[key]?.['writeOnly'] !== true);
    yield open.map(([key, value]) => ({
      kind: 'settings',
      data: { plugin: id, key, value, source: sources[key] ?? 'default' },
    }));
  }
  const { consents } = await bus.request('kernel.consent.list.v1', {});
  for (let from = 0; from < consents.length; from += AT_ONCE)
    yield consents.slice(from, from + AT_ONCE).map((consent) => ({ kind: 'consents', data: { ...consent } }));
}

/** The audit, record by record, each with its hash. */
export async function* readAudit(bus: Asking): AsyncGenerator<readonly ExportRecord[]> {
  const stream = bus.stream('audit.export.v1', { format: 'jsonl' }, { timeoutMs: SILENCE_MS });
  for await (const { text } of stream) {
    const lines = text.split('\n').filter((line) => line !== '');
    yield lines.map((line) => ({ kind: 'records', data: JSON.parse(line) as Record<string, unknown> }));
  }
  await stream.result;
}
