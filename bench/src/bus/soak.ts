import { setTimeout as delay } from 'node:timers/promises';
import { type Benchmark, quantile } from '../figure.ts';
import { USUAL_BYTES } from './payloads.ts';
import { aico } from './stage.ts';

const WEIGH_EVERY_MS = 5_000;
/** How long the last messages may take to arrive. */
const ARRIVE_MS = 30_000;
const BYTES_PER_MB = 1024 * 1024;
const MS_PER_HOUR = 3_600_000;

export const SOAK_MINUTES = 10;
export const SOAK_MESSAGES_PER_SECOND = 10_000;
/** Of the time that is measured, before it. */
export const SOAK_WARM_UP_SHARE = 0.2;

/** How fast the kernel's live memory grows while 10,000 messages a second pass for ten minutes. */
export const busSoak: Benchmark = {
  names: ['bus.soak.slope'],
  run: async () => {
    const { slope, lost } = await soak(SOAK_MINUTES, SOAK_MINUTES * SOAK_WARM_UP_SHARE, SOAK_MESSAGES_PER_SECOND);
    if (lost > 0) throw new Error(`${lost} messages were lost`);
    return [{ name: 'bus.soak.slope', value: slope, unit: 'MB/h', rounds: 1 }];
  },
};

export interface SoakResult {
  readonly sent: number;
  readonly lost: number;
  /** MB an hour, of what lives in the kernel's process after a collection; its warm-up left out. */
  readonly slope: number;
  /** The same of all the memory that the process holds, garbage too. */
  readonly residentSlope: number;
}

interface Sample {
  readonly at: number;
  readonly liveBytes: number;
  readonly residentBytes: number;
}

/** Carries messages at a steady rate and weighs the kernel's process meanwhile. @param rate messages a second */
export async function soak(minutes: number, warmUpMinutes: number, rate: number): Promise<SoakResult> {
  const stage = await aico.open();
  try {
    const { carrier } = stage;
    if (carrier === undefined) throw new Error('there is no kernel to weigh');
    const subscriber = await stage.peer('subscriber');
    const publisher = await stage.peer('publisher');
    const count = Math.ceil((minutes + warmUpMinutes) * 60) * rate;
    const samples: Sample[] = [];
    subscriber.tell({ type: 'go', count: Number.MAX_SAFE_INTEGER, bytes: USUAL_BYTES });
    publisher.tell({ type: 'go', count, bytes: USUAL_BYTES, rate });
    const { at: begun } = await publisher.hear('began');
    const received = async (): Promise<number> => {
      subscriber.tell({ type: 'count' });
      return (await subscriber.hear('counted')).received;
    };
    while ((await received()) < count) {
      await delay(WEIGH_EVERY_MS);
      carrier.tell({ type: 'weigh' });
      const { liveBytes, residentBytes } = await carrier.hear('weighed');
      const at = performance.timeOrigin + performance.now();
      samples.push({ at, liveBytes, residentBytes });
      if (at > (samples[0]?.at ?? 0) + (count / rate) * 1000 + ARRIVE_MS) break;
    }
    await publisher.hear('finished');
    const [first] = samples;
    const warm = samples.filter(({ at }) => at - (first?.at ?? begun) > warmUpMinutes * 60_000);
    return {
      sent: count,
      lost: count - (await received()),
      slope: slopeOf(warm, ({ liveBytes }) => liveBytes),
      residentSlope: slopeOf(warm, ({ residentBytes }) => residentBytes),
    };
  } finally {
    await stage.end();
  }
}

/** The median of the slopes between any two samples (Theil and Sen), which single outliers do not move. */
function slopeOf(samples: readonly Sample[], weightOf: (sample: Sample) => number): number {
  const slopes = samples.flatMap((one, index) =>
    samples.slice(index + 1).map((other) => (weightOf(other) - weightOf(one)) / BYTES_PER_MB / (other.at - one.at)),
  );
  return quantile(slopes, 0.5) * MS_PER_HOUR;
}
