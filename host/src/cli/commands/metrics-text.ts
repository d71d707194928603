import type { PluginMetric } from '@aico/schemas';
import { table } from '../table.ts';

/** What a plugin counts of itself, a line for each set of labels. */
export function metricsText(metrics: readonly PluginMetric[] = []): string {
  const lines = metrics.flatMap((metric) =>
    metric.series.map((series) => [
      labelled(metric.name, series.labels),
      figure(metric, series),
      metric.description ?? '',
    ]),
  );
  const leftOut = metrics.reduce((sum, metric) => sum + (metric.leftOut ?? 0), 0);
  const note = leftOut === 0 ? '' : `  ${leftOut} values were left out: their labels were too many.\n`;
  return lines.length === 0 && note === '' ? '' : `It counts, since it started:\n${table(lines)}${note}`;
}

function labelled(name: string, labels: Readonly<Record<string, string>>): string {
  const shown = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return shown.length === 0 ? name : `${name} (${shown.join(', ')})`;
}

function figure(
  { kind, unit, bounds = [] }: PluginMetric,
  { value, counts = [] }: PluginMetric['series'][number],
): string {
  const in_ = unit === undefined ? '' : ` ${unit.replace(/^\{(.*)\}$/, '$1')}`;
  if (kind !== 'histogram') return `${short(value)}${in_}`;
  const count = counts.reduce((sum, each) => sum + each, 0);
  const mean = count === 0 ? 0 : value / count;
  return `${count} times, ${short(mean)}${in_} on average, ${within(counts, bounds, count, in_)}`;
}

/** Where 95 of 100 values lie, as far as the buckets tell. */
function within(counts: readonly number[], bounds: readonly number[], count: number, unit: string): string {
  let seen = 0;
  const at = counts.findIndex((each) => {
    seen += each;
    return seen >= count * 0.95;
  });
  const bound = bounds[at];
  return bound === undefined ? `95 % beyond ${short(bounds.at(-1) ?? 0)}${unit}` : `95 % up to ${short(bound)}${unit}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
