import type {
  EgressEntry,
  EgressHost,
  EgressList,
  EgressPage,
  EgressPlugin,
  EgressSummary,
  SqlValue,
  Storage,
} from '@aico/sdk';

const PAGE = 100;
const MAX_HOSTS = 500;
const MAX_PLUGINS = 1000;

type Reads = Pick<Storage, 'query'>;

interface Row {
  readonly id: number;
  readonly time: number;
  readonly plugin: string;
  readonly host: string;
  readonly port: number;
  readonly address: string | null;
  readonly reach: EgressEntry['reach'];
  readonly method: EgressEntry['method'];
  readonly outcome: EgressEntry['outcome'];
  readonly status: number | null;
  readonly error: string | null;
  readonly bytes_out: number;
  readonly bytes_in: number;
  readonly duration_ms: number;
}

/** A page, newest first. */
export async function listEntries(storage: Reads, asked: EgressList): Promise<EgressPage> {
  const { limit = PAGE, before } = asked;
  const { where, values } = filterOf(asked);
  const older = before === undefined ? '' : ' and id < ?';
  const sql = `select * from entry where ${where}${older} order by id desc limit ?`;
  const bound = [...values, ...(before === undefined ? [] : [before]), limit + 1];
  const rows = await storage.query<Row>(sql, bound);
  return { entries: rows.slice(0, limit).map(entryOf), more: rows.length > limit };
}

/** Everything that is kept, oldest first, a page at a time. */
export async function* allEntries(
  storage: Reads,
  asked: Pick<EgressList, 'plugin' | 'since'>,
): AsyncGenerator<readonly EgressEntry[], void, void> {
  const { where, values } = filterOf(asked);
  for (let after = 0; ; ) {
    const sql = `select * from entry where ${where} and id > ? order by id limit ?`;
    const rows = await storage.query<Row>(sql, [...values, after, MAX_HOSTS]);
    if (rows.length > 0) yield rows.map(entryOf);
    if (rows.length < MAX_HOSTS) return;
    after = rows.at(-1)?.id ?? after;
  }
}

/** What left this machine, in short. What is under way counts as gone. */
export async function summarise(storage: Reads, keepDays: number): Promise<EgressSummary> {
  const [beginning] = await storage.query<{ time: number }>('select time from beginning');
  const plugins = await storage.query<Tally>(
    `select plugin, sum(connections) as connections, sum(gone) as gone, sum(refused) as refused,
            sum(bytes_out) as bytes_out, sum(bytes_in) as bytes_in, max(last) as last
     from (select * from tally union all
           select plugin, count(*), sum(reach <> 'machine'), 0, 0, 0, max(time) from entry where outcome = 'open' group by plugin)
     group by plugin order by max(last) desc limit ?`,
    [MAX_PLUGINS],
  );
  const hosts = await storage.query<HostRow>(
    `select plugin, host, reach, count(*) as connections, sum(bytes_out) as bytes_out, sum(bytes_in) as bytes_in,
            max(time) as last
     from entry where outcome <> 'refused' group by plugin, host, reach order by max(time) desc limit ?`,
    [MAX_HOSTS],
  );
  return {
    since: whenOf(beginning?.time ?? 0),
    left: plugins.reduce((sum, { gone }) => sum + gone, 0),
    plugins: plugins.map(
      (row): EgressPlugin => ({
        plugin: row.plugin,
        connections: row.connections,
        left: row.gone,
        refused: row.refused,
        bytesOut: row.bytes_out,
        bytesIn: row.bytes_in,
        last: whenOf(row.last),
      }),
    ),
    hosts: hosts.map(
      (row): EgressHost => ({
        plugin: row.plugin,
        host: row.host,
        reach: row.reach,
        connections: row.connections,
        bytesOut: row.bytes_out,
        bytesIn: row.bytes_in,
        last: whenOf(row.last),
      }),
    ),
    keepDays,
  };
}

type Tally = Pick<Row, 'plugin' | 'bytes_out' | 'bytes_in'> & {
  readonly connections: number;
  readonly gone: number;
  readonly refused: number;
  readonly last: number;
};
type HostRow = Pick<Row, 'plugin' | 'host' | 'reach' | 'bytes_out' | 'bytes_in'> & {
  readonly connections: number;
  readonly last: number;
};

function filterOf({ plugin, since, beyond }: Pick<EgressList, 'plugin' | 'since' | 'beyond'>): {
  where: string;
  values: SqlValue[];
} {
  const values: SqlValue[] = [];
  const parts: string[] = [];
  if (plugin !== undefined) {
    parts.push('plugin = ?');
    values.push(plugin);
  }
  if (since !== undefined) {
    parts.push('time >= ?');
    values.push(Date.parse(since));
  }
  if (beyond === true) parts.push(`reach <> 'machine' and outcome <> 'refused'`);
  return { where: parts.length === 0 ? 'true' : parts.join(' and '), values };
}

function entryOf(row: Row): EgressEntry {
  return {
    id: row.id,
    time: whenOf(row.time),
    plugin: row.plugin,
    host: row.host,
    port: row.port,
    ...(row.address === null ? {} : { address: row.address }),
    reach: row.reach,
    method: row.method,
    outcome: row.outcome,
    ...(row.status === null ? {} : { status: row.status }),
    ...(row.error === null ? {} : { error: row.error }),
    bytesOut: row.bytes_out,
    bytesIn: row.bytes_in,
    durationMs: row.duration_ms,
  };
}

function whenOf(time: number): string {
  return new Date(time).toISOString();
}
