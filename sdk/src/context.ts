import type {
  BlobInfo,
  BlobPage,
  Generate,
  GenerateChunk,
  GenerateResult,
  Grant,
  HttpFetch,
  Migration,
  ScheduleDue,
  ScheduleEntry,
  SqlResult,
  SqlStatement,
  VectorCollection,
  VectorCondition,
  VectorHit,
  VectorMetadata,
} from '@aico/schemas';
import type { Bus, BusStream, RequestOptions, Undo } from './bus.ts';
import type { Metrics } from './metrics.ts';
import type { Records } from './records.ts';

/** Keys and SQL in the plugin's own encrypted database. Nobody else reads it. */
export interface Storage {
  /** The value of a key, or undefined. */
  get<Value = unknown>(key: string): Promise<Value | undefined>;
  set(key: string, value: unknown): Promise<void>;
  /** Whether the key was there. */
  delete(key: string): Promise<boolean>;
  /** Entries whose key begins with a prefix, in key order. */
  list<Value = unknown>(options?: {
    readonly prefix?: string;
    readonly after?: string;
    readonly limit?: number;
  }): Promise<{ readonly entries: readonly { readonly key: string; readonly value: Value }[]; readonly next?: string }>;
  /** Runs statements in one transaction: all or none. */
  batch(statements: readonly SqlStatement[], options?: { readonly readOnly?: boolean }): Promise<readonly SqlResult[]>;
  /** One read-only statement; rows as objects keyed by column. */
  query<Row = Record<string, unknown>>(sql: string, values?: SqlStatement['values']): Promise<readonly Row[]>;
  /** Brings the database up to date; returns its version. */
  migrate(migrations: readonly Migration[]): Promise<number>;
}

/** Values of the plugin's own that it can do without: it makes them anew when they are gone. Encrypted, and read by nobody else. */
export interface Cache extends Pick<Storage, 'get' | 'delete' | 'list'> {
  /** Puts a value aside, for so many seconds at most, or as long as there is room. Without a cache plugin nothing is kept. */
  set(key: string, value: unknown, options?: { readonly forSeconds?: number }): Promise<void>;
}

/** A vector under an id of the plugin's choice: printable ASCII without spaces, 200 characters at most. */
export interface NewVector {
  readonly id: string;
  /** 4096 numbers at most. Only its direction counts; it is kept with length 1. */
  readonly vector: ArrayLike<number>;
  /** Up to 32 texts, numbers and booleans, to choose by. */
  readonly metadata?: VectorMetadata;
}

export interface KeptVector extends NewVector {
  readonly vector: Float32Array;
}

export interface VectorQueryOptions {
  /** 10 when not given, 200 at most. */
  readonly limit?: number;
  /** The least nearness, as a cosine from -1 to 1. */
  readonly least?: number;
  /** What metadata has to be; all of it holds. */
  readonly where?: readonly VectorCondition[];
}

/** Collections of vectors, found by how near they are. Encrypted, and read by nobody else. */
export interface Vectors {
  /** Keeps vectors, in the place of those with the same ids; 1000 at a time at most. The first one makes the collection. */
  upsert(collection: string, entries: readonly NewVector[]): Promise<void>;
  /** The nearest, nearest first; none when there is no such collection. */
  query(collection: string, vector: ArrayLike<number>, options?: VectorQueryOptions): Promise<readonly VectorHit[]>;
  /** How many of them were there. */
  delete(collection: string, ids: readonly string[]): Promise<number>;
  /** All of a collection, in the order of their ids. */
  entries(collection: string): AsyncGenerator<KeptVector, void, undefined>;
  collections(): Promise<readonly VectorCollection[]>;
  /** Whether there was such a collection. */
  drop(collection: string): Promise<boolean>;
}

/** What a blob is made of: bytes, or pieces of them that come one after another. */
export type BlobContent = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface BlobReadOptions {
  /** The first byte; 0 when not given. */
  readonly start?: number;
  /** Behind the last byte; the blob's size when not given. */
  readonly end?: number;
}

/**
 * Files of any size: encrypted, addressed by their content, read by nobody else. Names and types of them are the plugin's to
 * keep, for instance in its database. What it keeps counts as what its database holds: STORAGE_QUOTA_EXCEEDED.
 */
export interface Blobs {
  /**
   * Keeps bytes, whole or not at all; only a piece of them is in memory at a time. The same content is there once, under the same
   * id; another plugin's id of it is another one.
   * @throws AicoError STORAGE_LOCKED, STORAGE_QUOTA_EXCEEDED, STORAGE_FULL, …
   */
  write(content: BlobContent, options?: { readonly signal?: AbortSignal }): Promise<BlobInfo>;
  /** The bytes of a blob, or of a part of it, in pieces. @throws AicoError BLOB_UNKNOWN, BLOB_DAMAGED, BLOB_NEWER, … */
  read(id: string, options?: BlobReadOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /** Its size, or undefined when there is none. */
  stat(id: string): Promise<BlobInfo | undefined>;
  /** In the order of their ids, 100 at a time when no limit is given, 1000 at most; `next` goes on as `after`. */
  list(options?: { readonly after?: string; readonly limit?: number }): Promise<BlobPage>;
  /** Whether there was one. Whatever named it names nothing then: a plugin that uses one twice counts for itself. */
  delete(id: string): Promise<boolean>;
}

/** Secrets of the plugin's own, kept by the vault. */
export interface Secrets {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Settings of the plugin, as its manifest's `configuration` describes them. */
export interface Configuration {
  /** The value in force. */
  get<Value = unknown>(key: string): Value;
  readonly values: Readonly<Record<string, unknown>>;
  /** Calls back after each change; returns its undo. */
  onChange(handler: (values: Readonly<Record<string, unknown>>) => void): () => void;
}

/** Lines in the plugin's own log. Fields named like secrets are redacted. */
export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What the plugin may do now. */
export interface Permissions {
  /** Whether a verb on a topic or pattern is granted. */
  contains(verb: Grant['verb'], topic: string): boolean;
  /**
   * Asks the user for a permission that the manifest names and calls optional; resolves to the answer, within about two
   * minutes. An answer is remembered and not asked for again; without one it is a no.
   * @throws AicoError KERNEL_PERMISSION_UNKNOWN
   */
  request(verb: Grant['verb'], topic: string): Promise<boolean>;
}

/** The themes that the manifest declares. Which of them the app wears is its user's choice; here a plugin says which fits now. */
export interface Themes {
  /**
   * Chooses one of its own, for users who let this plugin choose; once every three seconds at most, and anew after each start.
   * @throws AicoError KERNEL_THEME_UNKNOWN, KERNEL_THEME_TOO_OFTEN
   */
  set(theme: string): Promise<void>;
}

/** Conditions that the manifest declares, e.g. `vault.unlocked`; plugins that need one run while it holds. */
export interface Conditions {
  set(name: string, holds: boolean): Promise<void>;
}

/** Files of the plugin's own verified package. */
export interface Assets {
  /** Bytes of a file such as `ui/index.html`, or undefined. */
  read(path: string): Uint8Array | undefined;
  readonly paths: readonly string[];
}

/** The language model in use. */
export interface LanguageModel {
  generate(prompt: Generate, options?: RequestOptions): BusStream<GenerateChunk, GenerateResult>;
}

/** What `ctx.fetch` asks for, beyond the URL. */
export interface FetchOptions {
  /** GET when not given. */
  readonly method?: NonNullable<HttpFetch['method']>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** `follow` when not given: each step is held to the permission as the first one. */
  readonly redirect?: NonNullable<HttpFetch['redirect']>;
  readonly signal?: AbortSignal;
  /** Milliseconds until NET_TIMED_OUT; 30,000 when not given, 120,000 at most. */
  readonly timeoutMs?: number;
}

/** An answer, whole: reading it again gives the same. */
export interface FetchResponse {
  readonly status: number;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  /** Where it came from in the end. */
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: {
    /** The value of a header, whatever its case; undefined when there is none. */
    get(name: string): string | undefined;
    entries(): IterableIterator<[name: string, value: string]>;
  };
  text(): Promise<string>;
  /** @throws SyntaxError */
  json<Value = unknown>(): Promise<Value>;
  bytes(): Promise<Uint8Array>;
}

/** Asks a web server, within the hosts, methods and ports of the permission on `net.http.fetch.v1`. @throws AicoError NET_… */
export type Fetch = (url: string | { readonly href: string }, options?: FetchOptions) => Promise<FetchResponse>;

/** When the plugin wants to be called: once, every so many seconds (10 at least), or by a cron line of five fields. */
export type Timing =
  | { readonly at: Date }
  | { readonly everySeconds: number }
  | {
      readonly cron: string;
      /** IANA name such as `Europe/Oslo`; the machine's when not given. */
      readonly timeZone?: string;
    };

export interface ScheduleOptions {
  /** What becomes of runs that were missed while AICO or the plugin was off: one as soon as possible, or none. `once` when not given. */
  readonly catchUp?: 'once' | 'skip';
  /** Handed back when it is due; 16,384 characters of JSON at most. */
  readonly data?: unknown;
}

/** Being called later, also after a restart. At most 64 schedules, which nobody else sees or changes. */
export interface Schedule {
  /** The same name replaces; one that is set again as it was goes on as it was. @throws AicoError SCHEDULE_… */
  set(name: string, timing: Timing, options?: ScheduleOptions): Promise<ScheduleEntry>;
  /** Whether there was one. */
  cancel(name: string): Promise<boolean>;
  /** The next one first. */
  list(): Promise<readonly ScheduleEntry[]>;
  /**
   * Handles what is due, one run of a schedule at a time. A run that is cut short, by a crash say, comes once more with the same
   * `at`; one whose handler throws does not. Register it in `activate`.
   */
  onDue(handler: (due: ScheduleDue, signal: AbortSignal) => void | Promise<void>): Promise<Undo>;
}

/** Everything a plugin can do, each through a topic that it was granted. */
export interface PluginContext {
  /** Id of the plugin. */
  readonly id: string;
  readonly version: string;
  readonly bus: Bus;
  readonly storage: Storage;
  readonly cache: Cache;
  readonly vectors: Vectors;
  readonly blobs: Blobs;
  readonly secrets: Secrets;
  readonly config: Configuration;
  readonly llm: LanguageModel;
  readonly fetch: Fetch;
  readonly schedule: Schedule;
  readonly records: Records;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly permissions: Permissions;
  readonly conditions: Conditions;
  readonly theme: Themes;
  readonly assets: Assets;
  /** Aborts when the plugin is unloaded. */
  readonly signal: AbortSignal;
  /** Folder of the plugin's own (`$data`), for trusted plugins with a file grant; undefined otherwise. */
  readonly dataFolder: string | undefined;
  /** Runs now; its undo runs at unload, in reverse order, once. */
  effect(begin: () => void | (() => void | Promise<void>)): Undo;
  /** Calls back once after some ms, unless undone; isolated plugins have it too. */
  setTimer(milliseconds: number, handler: () => void | Promise<void>): Undo;
}
