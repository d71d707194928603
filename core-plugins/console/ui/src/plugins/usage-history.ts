/** What a plugin used at one look. */
export interface Sample {
  readonly memoryMb: number;
  readonly cpuPercent: number;
}

const KEPT = 40;

/** The newest samples, oldest first. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  return [...samples, { memoryMb: sample.memoryMb, cpuPercent: sample.cpuPercent }].slice(-KEPT);
}

/** Points of a line through `values` in a box, the newest at the right edge; the box's top is at least `ceiling`. */
export function linePoints(values: readonly number[], width: number, height: number, ceiling: number): string {
  const top = Math.max(ceiling, ...values);
  const step = width / (KEPT - 1);
  const offset = width - (values.length - 1) * step;
  return values
    .map((value, index) => `${(offset + index * step).toFixed(1)},${(height - (value / top) * height).toFixed(1)}`)
    .join(' ');
}
