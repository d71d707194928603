import { parseArgs } from 'node:util';
import { analytics } from './analytics.ts';
import { latencyScenarios } from './bus/latency.ts';
import { findNats } from './bus/nats.ts';
import { scaleScenarios } from './bus/scale.ts';
import { busBenchmark } from './bus/scenario.ts';
import { busSoak } from './bus/soak.ts';
import { durableScenario, throughputScenarios } from './bus/throughput.ts';
import type { Benchmark, Figure } from './figure.ts';
import { pluginStart } from './plugin-start.ts';
import { plugins100 } from './plugins-100.ts';
import { productBoot, productIdle, unlockTime } from './product.ts';
import { storageRows } from './storage.ts';
import { vectorBenchmarks } from './vectors.ts';

const BUS_SCENARIOS = [...throughputScenarios, ...latencyScenarios, ...scaleScenarios, durableScenario];
const BENCHMARKS: readonly Benchmark[] = [
  ...BUS_SCENARIOS.map(busBenchmark),
  pluginStart,
  plugins100,
  productBoot,
  productIdle,
  storageRows,
  ...vectorBenchmarks,
  analytics,
  unlockTime,
  busSoak,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, peers: { type: 'boolean' } },
});
const known = BENCHMARKS.flatMap((benchmark) => benchmark.names);
const unknown = positionals.filter((name) => !known.some((each) => matches(each, name)));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
  process.exit(2);
}
const peer = values.peers === true ? findNats() : undefined;
if (values.peers === true && peer === undefined)
  console.error('nats-server is not installed: measuring without a peer.');
for (const benchmark of BENCHMARKS) {
  const wanted = benchmark.names.filter(
    (each) => positionals.length === 0 || positionals.some((name) => matches(each, name)),
  );
  if (wanted.length === 0) continue;
  if (values.json !== true) console.error(`measuring ${wanted.join(', ')} …`);
  for (const figure of await benchmark.run(peer)) {
    if (wanted.includes(figure.name)) print(figure);
  }
}

/** A name asks for itself and for all below it: `bus` for `bus.request.p50`. */
function matches(figure: string, name: string): boolean {
  return figure === name || figure.startsWith(`${name}.`);
}

function print(figure: Figure): void {
  if (values.json === true)
    console.log(JSON.stringify(figure, (_, value) => (typeof value === 'number' ? short(value) : value)));
  else
    console.log(
      `${figure.name.padEnd(28)} ${readable(figure.value)} ${figure.unit} (median of ${figure.rounds})${beside(figure)}`,
    );
}

function beside({ peer: name, peerValue, ratio }: Figure): string {
  return peerValue === undefined || ratio === undefined
    ? ''
    : `, ${name} ${readable(peerValue)}, ratio ${ratio.toFixed(2)}`;
}

function readable(value: number): string {
  return short(value).toLocaleString('en-US');
}

function short(value: number): number {
  return Number(value.toPrecision(5));
}
