import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AicoError, type EgressEntry, type EgressReach, type SqlStatement, type Storage } from '@aico/sdk';
import { judge } from '../address/judge.ts';
import type { AddressKind } from '../address/ranges.ts';
import type { Recorder } from '../http/client.ts';
import type { Traffic } from '../http/hop.ts';
import type { Method } from '../policy/grant.ts';
import type { Target } from '../policy/target.ts';
import { Retention, type RetentionSettings } from './retention.ts';

/** Refusals of one plugin that are listed a minute; the rest is only counted, so that no flood drowns the list. */
const REFUSALS_A_MINUTE = 60;
const MINUTE_MS = 60_000;

export interface Ended {
  readonly outcome: 'answered' | 'failed' | 'refused';
  readonly status?: number;
  readonly error?: unknown;
}

/** A connection that is written down and not over yet. */
export interface OpenEntry {
  /** It will be one of these addresses. */
  found(addresses: readonly string[]): void;
  /** There is a connection, to this address; what passed on it counts however it ends. */
  readonly connected: (address: string, traffic: () => Traffic) => void;
  /** It is over. Calling it again does nothing. */
  end(ended: Ended): Promise<void>;
}

export interface LedgerPowers {
  readonly storage: Pick<Storage, 'batch' | 'query'>;
  readonly now: () => number;
  readonly settings: () => RetentionSettings;
  /** Told each entry that is complete. */
  readonly tell: (entry: EgressEntry) => void;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

const INSERT = `insert into entry (time, plugin, host, port, reach, method, outcome, error)
  values (?, ?, ?, ?, ?, ?, ?, ?) returning id`;
const FINISH = `update entry set outcome = ?, address = ?, reach = ?, status = ?, error = ?, bytes_out = ?, bytes_in = ?,
  duration_ms = ? where id = ?`;
/** Connections, those beyond this computer, refusals, bytes out and in. */
const COUNT = `insert into tally (plugin, connections, gone, refused, bytes_out, bytes_in, last) values (?, ?, ?, ?, ?, ?, ?)
  on conflict (plugin) do update set connections = connections + excluded.connections, gone = gone + excluded.gone,
  refused = refused + excluded.refused, bytes_out = bytes_out + excluded.bytes_out,
  bytes_in = bytes_in + excluded.bytes_in, last = max(last, excluded.last)`;

/** Every outbound connection, written down before it is made. What cannot be written down is not made. */
export class Ledger implements Recorder {
  readonly #powers: LedgerPowers;
  readonly #retention: Retention;
  readonly #refusals = new Map<string, { since: number; count: number }>();
  /** Each is over when its end is written down. */
  readonly #open = new Set<Promise<void>>();

  constructor(powers: LedgerPowers) {
    this.#powers = powers;
    this.#retention = new Retention(powers.storage, powers.settings, {
      now: powers.now,
      onWait: ({ believed }) =>
        powers.warn('the clock is far from where it was: no connection leaves the list for its age for now', {
          seen: new Date(believed).toISOString(),
        }),
    });
  }

  /** Notes when the list began, and what was under way when it was last cut short: whether that left is not known, so it counts. */
  async open(): Promise<void> {
    await this.#powers.storage.batch([
      {
        sql: 'insert into beginning (time) select ? where not exists (select 1 from beginning)',
        values: [this.#now()],
      },
      {
        sql: `insert into tally (plugin, connections, gone, last)
              select plugin, count(*), sum(reach <> 'machine'), max(time) from entry where outcome = 'open' group by plugin
              on conflict (plugin) do update set connections = connections + excluded.connections,
              gone = gone + excluded.gone, last = max(last, excluded.last)`,
      },
      { sql: `update entry set outcome = 'unfinished' where outcome = 'open'` },
    ]);
    await this.#retention.prune();
  }

  /** Resolves when every connection is over and written down, or after so many milliseconds. */
  async settle(atMostMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#open), delay(atMostMs, undefined, { ref: false })]);
  }

  /** Drops what is too old or too much; returns how many entries went. */
  prune(): ReturnType<Retention['prune']> {
    return this.#retention.prune();
  }

  /** @throws AicoError NET_UNRECORDED */
  async begin(plugin: string, target: Target, method: Method): Promise<OpenEntry> {
    const started = this.#now();
    const id = await this.#insert(started, plugin, target, method, 'open').catch((cause: unknown) => {
      this.#powers.warn('a connection could not be written down', { plugin, reason: String(cause) });
      throw new AicoError('NET_UNRECORDED', { subject: plugin, details: { host: target.host } });
    });
    let address: string | undefined;
    let traffic = NO_TRAFFIC;
    let candidates: readonly string[] = [];
    let over = false;
    const { promise: written, resolve } = Promise.withResolvers<void>();
    this.#open.add(written);
    return {
      found: (addresses) => {
        candidates = addresses;
      },
      connected: (to, passed) => {
        address = to;
        traffic = passed;
      },
      end: async (ended) => {
        if (over) return;
        over = true;
        const reach = farthest(address === undefined ? candidates : [address]);
        const now = this.#now();
        const entry = entryOf({ id, started, plugin, target, method, address, reach, ended, now, ...traffic() });
        await this.#finish(entry, started);
        this.#open.delete(written);
        resolve();
      },
    };
  }

  /** What was refused before anything was connected. Never fails: the refusal itself must get through. */
  async refuse(plugin: string, target: Target, method: Method, error: AicoError): Promise<void> {
    const now = this.#now();
    try {
      await this.#powers.storage.batch([{ sql: COUNT, values: [plugin, 0, 0, 1, 0, 0, now] }]);
      if (this.#isFlood(plugin, now)) return;
      const id = await this.#insert(now, plugin, target, method, 'refused', error.code);
      const ended: Ended = { outcome: 'refused', error };
      this.#powers.tell(
        entryOf({
          id,
          started: now,
          plugin,
          target,
          method,
          address: undefined,
          reach: literalReach(target.host),
          ended,
          now,
          ...NO_TRAFFIC(),
        }),
      );
    } catch (reason) {
      this.#powers.warn('a refusal could not be written down', { plugin, reason: String(reason) });
    }
  }

  async #insert(
    time: number,
    plugin: string,
    { host, port }: Target,
    method: Method,
    outcome: EgressEntry['outcome'],
    error: string | null = null,
  ): Promise<number> {
    const values = [time, plugin, host, port, literalReach(host), method, outcome, error];
    const [result] = await this.#powers.storage.batch([{ sql: INSERT, values }]);
    // It is written down; that older ones could not be dropped is no reason to refuse it.
    await this.#retention.added().catch((reason: unknown) => {
      this.#powers.warn('what is listed too long could not be dropped', { reason: String(reason) });
    });
    return Number(result?.rows[0]?.[0]);
  }

  async #finish(entry: EgressEntry, started: number): Promise<void> {
    const { id, plugin, outcome, address, reach, status, error, bytesOut, bytesIn, durationMs } = entry;
    const refused = outcome === 'refused';
    const gone = !refused && reach !== 'machine';
    const finish = [outcome, address ?? null, reach, status ?? null, error ?? null, bytesOut, bytesIn, durationMs, id];
    const counts = [plugin, Number(!refused), Number(gone), Number(refused), bytesOut, bytesIn, started];
    const statements: SqlStatement[] = [
      { sql: FINISH, values: finish },
      { sql: COUNT, values: counts },
    ];
    try {
      await this.#powers.storage.batch(statements);
    } catch (reason) {
      // It stays open in the list, and counts as gone when the list is opened again.
      this.#powers.warn('the end of a connection could not be written down', { plugin, reason: String(reason) });
    }
    this.#powers.tell(entry);
  }

  #isFlood(plugin: string, now: number): boolean {
    const known = this.#refusals.get(plugin);
    const window = known !== undefined && now - known.since < MINUTE_MS ? known : { since: now, count: 0 };
    window.count += 1;
    this.#refusals.set(plugin, window);
    return window.count > REFUSALS_A_MINUTE;
  }

  #now(): number {
    return this.#powers.now();
  }
}

const NO_TRAFFIC = (): Traffic => ({ bytesOut: 0, bytesIn: 0 });

interface Parts extends Traffic {
  readonly id: number;
  readonly started: number;
  readonly plugin: string;
  readonly target: Target;
  readonly method: Method;
  readonly address: string | undefined;
  readonly reach: EgressReach;
  readonly ended: Ended;
  readonly now: number;
}

function entryOf({ id, started, plugin, target, method, address, reach, ended, now, ...traffic }: Parts): EgressEntry {
  const { outcome, status, error } = ended;
  return {
    id,
    time: new Date(started).toISOString(),
    plugin,
    host: target.host,
    port: target.port,
    ...(address === undefined ? {} : { address }),
    reach,
    method,
    outcome,
    ...(status === undefined ? {} : { status }),
    ...(error instanceof AicoError ? { error: error.code } : {}),
    ...traffic,
    durationMs: Math.max(0, Math.round(now - started)),
  };
}

const REACHES: Readonly<Record<AddressKind, EgressReach>> = {
  loopback: 'machine',
  private: 'network',
  public: 'internet',
  special: 'unknown',
};
const BY_DISTANCE: readonly EgressReach[] = ['internet', 'network', 'machine'];

/** The farthest that it can have come. Without an address nothing was connected, though its name may have been asked for. */
function farthest(addresses: readonly string[]): EgressReach {
  const reaches = new Set(addresses.map((address) => REACHES[judge(address).kind]));
  return BY_DISTANCE.find((reach) => reaches.has(reach)) ?? 'unknown';
}

/** Where an address in place of a name leads is known before anybody asks. */
function literalReach(host: string): EgressReach {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? 'unknown' : farthest([bare]);
}
