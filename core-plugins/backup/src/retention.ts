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
  const isToCome = ({ createdAt }: Dated): boolean => Date.parse(createdAt) > now.getTime();
  const toCome = backups.filter(isToCome);
  return new Set([...newestOfPeriods(backups.filter((each) => !isToCome(each))), ...newestOfPeriods(toCome)]);
}

function newestOfPeriods(backups: readonly Dated[]): Set<string> {
  const newestFirst = fromNewest(backups);
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
 * Which backups stay besides, however old: of each database that the newest one had to leave out, the newest that holds it. There
 * may be no other copy that is whole.
 */
export function lastToHold(backups: readonly Holding[]): Set<string> {
  const newestFirst = fromNewest(backups);
  const kept = new Set<string>();
  for (const { plugin } of newestFirst[0]?.body.leftOut ?? []) {
    const holder = newestFirst.find(({ body }) => body.databases.includes(plugin));
    if (holder !== undefined) kept.add(holder.id);
  }
  return kept;
}

function fromNewest<Backup extends Dated>(backups: readonly Backup[]): Backup[] {
  return [...backups].sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt));
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
