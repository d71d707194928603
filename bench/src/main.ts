import { parseArgs } from 'node:util';
import { busRequests } from './bus/requests.ts';
import { busFanOut, busOneToOne } from './bus/throughput.ts';
import type { Benchmark, Figure } from './figure.ts';
import { pluginStart } from './plugin-start.ts';
import { productBoot, productIdle } from './product.ts';

const BENCHMARKS: readonly Benchmark[] = [busOneToOne, busFanOut, busRequests, pluginStart, productBoot, productIdle];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const known = BENCHMARKS.flatMap((benchmark) => benchmark.names);
const unknown = positionals.filter((name) => !known.some((each) => matches(each, name)));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known: ${known.join(', ')}.`);
  process.exit(2);
}
for (const benchmark of BENCHMARKS) {
  const wanted = benchmark.names.filter(
    (each) => positionals.length === 0 || positionals.some((name) => matches(each, name)),
  );
  if (wanted.length === 0) continue;
  if (values.json !== true) console.error(`measuring ${wanted.join(', ')} …`);
  for (const figure of await benchmark.run()) {
    if (wanted.includes(figure.name)) print(figure);
  }
}

/** A name asks for itself and for all below it: `bus` for `bus.request.p50`. */
function matches(figure: string, name: string): boolean {
  return figure === name || figure.startsWith(`${name}.`);
}

function print(figure: Figure): void {
  const value = Number(figure.value.toPrecision(5));
  if (values.json === true) console.log(JSON.stringify({ ...figure, value }));
  else
    console.log(
      `${figure.name.padEnd(24)} ${value.toLocaleString('en-US')} ${figure.unit} (median of ${figure.rounds})`,
    );
}
