/** What became of everything that was acknowledged. */
export interface StormReport {
  readonly kills: number;
  readonly acknowledged: number;
  readonly handled: number;
  /** Acknowledged, and never handled. */
  readonly lost: readonly number[];
  /** First handled after a later one of the same key. */
  readonly outOfOrder: readonly string[];
  /** Handled again, with a kill between. */
  readonly repeated: number;
  /** Handled again without any kill between: nothing allows that. */
  readonly doubled: readonly number[];
}

/** From when a kill was sent until everything that it takes along is surely gone, ms since 1970. */
export interface Kill {
  readonly from: number;
  readonly until: number;
}

export function sumUp(told: readonly string[], heard: readonly string[], kills: readonly Kill[]): StormReport {
  const acknowledged = told.map((line) => Number(line.split(' ')[1]));
  const lastAt = new Map<number, number>();
  const highest = new Map<string, number>();
  const outOfOrder: string[] = [];
  const doubled: number[] = [];
  let repeated = 0;
  for (const line of heard) {
    const [key = '', text, time] = line.split(' ');
    const [number, at] = [Number(text), Number(time)];
    const before = lastAt.get(number);
    lastAt.set(number, at);
    if (before !== undefined) {
      if (kills.some(({ from, until }) => until >= before && from <= at)) repeated += 1;
      else doubled.push(number);
      continue;
    }
    const above = highest.get(key) ?? 0;
    if (number < above) outOfOrder.push(`${key}: ${number} after ${above}`);
    else highest.set(key, number);
  }
  return {
    kills: kills.length,
    acknowledged: acknowledged.length,
    handled: lastAt.size,
    lost: acknowledged.filter((number) => !lastAt.has(number)),
    outOfOrder,
    repeated,
    doubled,
  };
}
