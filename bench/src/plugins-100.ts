import { setTimeout as pause } from 'node:timers/promises';
import { aico, type Stage } from './bus/stage.ts';
import { prepareFlow } from './bus/throughput.ts';
import { type Benchmark, median, rounds } from './figure.ts';
import { idleCpu, pssMb, tree } from './process-tree.ts';

const MANY = 100;
const FEW = 10;
const ROUNDS = 3;
const FLOW_ROUNDS = 5;
const FLOW = { publishers: 1, subscribers: 1, messages: 100_000 } as const;
const SETTLE_MS = 5_000;
const IDLE_MS = 10_000;

/** A hundred isolated plugins at once: how soon they are active, what they use at rest, what they cost the bus. */
export const plugins100: Benchmark = {
  names: ['plugins100.boot', 'plugins100.cpu', 'plugins100.pss.each', 'plugins100.bus.ratio'],
  run: async () => {
    const measured = await rounds(ROUNDS, measureRest);
    const of = (pick: (each: Rest) => number): number => median(measured.map(pick));
    return [
      { name: 'plugins100.boot', value: of(({ bootMs }) => bootMs), unit: 'ms', rounds: ROUNDS },
      { name: 'plugins100.cpu', value: of(({ cpu }) => cpu), unit: '% of one core', rounds: ROUNDS },
      { name: 'plugins100.pss.each', value: of(({ pssEach }) => pssEach), unit: 'MB', rounds: ROUNDS },
      { name: 'plugins100.bus.ratio', value: await busRatio(), unit: 'ratio', rounds: FLOW_ROUNDS },
    ];
  },
};

interface Rest {
  readonly bootMs: number;
  readonly cpu: number;
  readonly pssEach: number;
}

async function measureRest(): Promise<Rest> {
  const stage = await aico.open();
  try {
    const bootMs = await startPlugins(stage, MANY);
    await pause(SETTLE_MS);
    const root = stage.carrier?.processId ?? 0;
    const cpu = await idleCpu(root, IDLE_MS);
    const [, ...plugins] = await tree(root);
    const pss = await Promise.all(plugins.map(pssMb));
    return { bootMs, cpu, pssEach: pss.reduce((sum, each) => sum + each, 0) / MANY };
  } finally {
    await stage.end();
  }
}

/** Throughput beside a hundred plugins over that beside ten, measured alternately. */
async function busRatio(): Promise<number> {
  const stages = [await aico.open(), await aico.open()] as const;
  try {
    await startPlugins(stages[0], MANY);
    await startPlugins(stages[1], FEW);
    const [many, few] = [await prepareFlow(stages[0], FLOW), await prepareFlow(stages[1], FLOW)];
    await Promise.all([many(), few()]);
    const ratios = await rounds(FLOW_ROUNDS, async () => (await many()) / (await few()));
    return median(ratios);
  } finally {
    await Promise.all(stages.map((stage) => stage.end()));
  }
}

async function startPlugins(stage: Stage, count: number): Promise<number> {
  stage.carrier?.tell({ type: 'plugins', count });
  return (await stage.carrier?.hear('started'))?.tookMs ?? Number.NaN;
}
