import { type Benchmark, type Figure, median } from '../figure.ts';
import { aico, type Stage, type System } from './stage.ts';

/** Rounds of a measurement that does not ask for more. */
const ROUNDS = 5;

/** One measurement that any system can undergo. */
export interface Scenario {
  /** The figures that it yields, in order, each with its unit. */
  readonly figures: readonly (readonly [name: string, unit: string])[];
  /** How often it is measured; what rests on a few slow messages needs more rounds. */
  readonly rounds?: number;
  /** Puts stages and peers in place and returns one round: a value for each figure. */
  prepare(open: () => Promise<Stage>): Promise<() => Promise<readonly number[]>>;
}

/** Measures ours and the peer's alternately in rounds, so that what else the machine does troubles both alike. */
export function busBenchmark({ figures, rounds = ROUNDS, prepare }: Scenario): Benchmark {
  return {
    names: figures.map(([name]) => name),
    run: async (peer) => {
      const systems: readonly System[] = peer === undefined ? [aico] : [aico, peer];
      const stages: Stage[] = [];
      try {
        const open = async (system: System): Promise<Stage> => {
          const stage = await system.open();
          stages.push(stage);
          return stage;
        };
        const measures = await Promise.all(systems.map((system) => prepare(() => open(system))));
        for (const measure of measures) await measure();
        const measured: (readonly number[])[][] = systems.map(() => []);
        for (let round = 0; round < rounds; round++) {
          for (const [at, measure] of measures.entries()) measured[at]?.push(await measure());
        }
        return figures.map(([name, unit], at) => {
          const [ours, theirs] = measured.map((values) => median(values.map((value) => value[at] ?? Number.NaN)));
          return describe({ name, unit, value: ours ?? Number.NaN, rounds }, peer, theirs);
        });
      } finally {
        await Promise.all(stages.map((stage) => stage.end()));
      }
    },
  };
}

function describe(figure: Figure, peer: System | undefined, theirs: number | undefined): Figure {
  if (peer === undefined || theirs === undefined) return figure;
  return { ...figure, peer: peer.name, peerValue: theirs, ratio: figure.value / theirs };
}
