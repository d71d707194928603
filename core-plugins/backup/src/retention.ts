const DAILY = 7;
const WEEKLY = 4;
const MONTHLY = 6;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A backup as far as it matters here. */
export interface Dated {
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** A backup with what it holds. */
export interface Holding extends Dated {
  /** Which AICO made it, of those that use one folder. */
  readonly origin?: string | undefined;
  readonly body: {
    readonly databases: readonly string[];
    readonly leftOut: readonly { readonly plugin: string }[];
  };
}

/**
 * Which backups stay: the newest of each of the last 7 days, 4 weeks and 6 months that have any (UTC; weeks begin on
 * Monday). The newest of all always stays. Those from times that are still to come, of a clock that went wrong, are counted among
 * themselves: they take no place of others.
 */
export function backupsToKeep(backups: readonly Dated[], now: Date): Set<string> {
  const { told, ahead } = byTheClock(backups, now);
  return new Set([...newestOfPeriods(told), ...newestOfPeriods(ahead)]);
}

function newestOfPeriods(newestFirst: readonly Dated[]): Set<string> {
  const kept = new Set<string>();
  for (const [periodOf, most] of [
    [dayOf, DAILY],
    [weekOf, WEEKLY],
    [monthOf, MONTHLY],
  ] as const) {
    const periods = new Set<string | number>();
    for (const { id, createdAt } of newestFirst) {
      const period = periodOf(new Date(createdAt));
      if (periods.has(period)) continue;
      if (periods.size === most) break;
      periods.add(period);
      kept.add(id);
    }
  }
  return kept;
}

/**
 * Which backups stay of each AICO that uses a folder: none of them is the other's newest. Those that do not tell who made them count
 * with everybody's.
 */
export function backupsOfAll(backups: readonly Holding[], now: Date): Set<string> {
  const told = new Set(backups.flatMap(({ origin }) => origin ?? []));
  const groups = told.size === 0 ? [undefined] : told;
  const kept = new Set<string>();
  for (const each of groups) {
    const ofOne = backups.filter(({ origin }) => origin === undefined || origin === each);
    for (const id of [...backupsToKeep(ofOne, now), ...lastToHold(ofOne, now)]) kept.add(id);
  }
  return kept;
}

/**
 * Which backups stay besides, however old: of each database that the newest one had to leave out, the newest that holds it. There
 * may be no other copy that is whole.
 */
export function lastToHold(backups: readonly Holding[], now: Date): Set<string> {
  const { told, ahead } = byTheClock(backups, now);
  const newestFirst = [...told, ...ahead];
  const kept = new Set<string>();
  for (const { plugin } of newestFirst[0]?.body.leftOut ?? []) {
    const holder = newestFirst.find(({ body }) => body.databases.includes(plugin));
    if (holder !== undefined) kept.add(holder.id);
  }
  return kept;
}

/**
 * Backups by their dates, newest first, and apart from them those from times that are still to come: made while the clock was ahead,
 * so that nothing says which of the others they are older than. None of them counts as the newest while there are others.
 */
export function byTheClock<Backup extends Dated>(
  backups: readonly Backup[],
  now: Date,
): { readonly told: Backup[]; readonly ahead: Backup[] } {
  const timeOf = ({ createdAt }: Dated): number => Date.parse(createdAt);
  // Names tell the second, of which two may have one.
  const newestFirst = [...backups].sort((one, other) => timeOf(other) - timeOf(one) || other.id.localeCompare(one.id));
  const isAhead = (each: Dated): boolean => timeOf(each) > now.getTime();
  return { told: newestFirst.filter((each) => !isAhead(each)), ahead: newestFirst.filter(isAhead) };
}

function dayOf(date: Date): number {
  return Math.floor(date.getTime() / DAY_MS);
}

function weekOf(date: Date): number {
  // 1970 began on a Thursday.
  return Math.floor((dayOf(date) + 3) / 7);
}

function monthOf(date: Date): string {
  return `${date.getUTCFullYear()}-${date.getUTCMonth()}`;
}
