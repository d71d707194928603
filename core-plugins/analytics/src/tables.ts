/** As DuckDB names them; times are UTC. */
export type ColumnType = 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'TIMESTAMP';

/** A table that questions may be about. */
export interface TableShape {
  readonly name: string;
  /** The plugin that keeps the data; `kernel` for what the kernel counts. */
  readonly source: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/** A row in the order of its table's columns. Times are RFC 3339. */
export type Row = readonly (string | number | undefined)[];

const COUNTERS = {
  sent: 'BIGINT',
  sent_bytes: 'BIGINT',
  received: 'BIGINT',
  received_bytes: 'BIGINT',
  refused: 'BIGINT',
  dropped: 'BIGINT',
} as const;

export const CONVERSATIONS: TableShape = {
  name: 'conversations',
  source: 'chat',
  columns: {
    id: 'VARCHAR',
    title: 'VARCHAR',
    created_at: 'TIMESTAMP',
    updated_at: 'TIMESTAMP',
    messages: 'BIGINT',
    characters: 'BIGINT',
  },
};

export const MESSAGES: TableShape = {
  name: 'messages',
  source: 'chat',
  columns: {
    id: 'VARCHAR',
    conversation: 'VARCHAR',
    role: 'VARCHAR',
    status: 'VARCHAR',
    text: 'VARCHAR',
    words: 'BIGINT',
    created_at: 'TIMESTAMP',
    provider: 'VARCHAR',
    model: 'VARCHAR',
    plugin: 'VARCHAR',
    prompt_tokens: 'BIGINT',
    completion_tokens: 'BIGINT',
    duration_ms: 'BIGINT',
  },
};

export const EVENTS: TableShape = {
  name: 'events',
  source: 'journal',
  columns: { sequence: 'BIGINT', time: 'TIMESTAMP', topic: 'VARCHAR', sender: 'VARCHAR', bytes: 'BIGINT' },
};

export const AUDIT: TableShape = {
  name: 'audit',
  source: 'audit',
  columns: {
    number: 'BIGINT',
    time: 'TIMESTAMP',
    source: 'VARCHAR',
    kind: 'VARCHAR',
    plugin: 'VARCHAR',
    asked_by: 'VARCHAR',
    details: 'VARCHAR',
  },
};

export const BUS_TOPICS: TableShape = {
  name: 'bus_topics',
  source: 'kernel',
  columns: {
    topic: 'VARCHAR',
    kind: 'VARCHAR',
    messages: 'BIGINT',
    bytes: 'BIGINT',
    answers: 'BIGINT',
    answer_bytes: 'BIGINT',
    refused: 'BIGINT',
    dropped: 'BIGINT',
    server: 'VARCHAR',
    subscribers: 'BIGINT',
    p50_ms: 'DOUBLE',
    p99_ms: 'DOUBLE',
    max_ms: 'DOUBLE',
  },
};

export const BUS_FLOWS: TableShape = {
  name: 'bus_flows',
  source: 'kernel',
  columns: {
    sender: 'VARCHAR',
    receiver: 'VARCHAR',
    topic: 'VARCHAR',
    verb: 'VARCHAR',
    messages: 'BIGINT',
    bytes: 'BIGINT',
  },
};

export const BUS_PLUGINS: TableShape = {
  name: 'bus_plugins',
  source: 'kernel',
  columns: { plugin: 'VARCHAR', ...COUNTERS, queued: 'BIGINT', open_requests: 'BIGINT' },
};

/** The counters of each minute, since the plugin began. */
export const METRICS: TableShape = {
  name: 'metrics',
  source: 'kernel',
  columns: { time: 'TIMESTAMP', plugin: 'VARCHAR', ...COUNTERS, queued: 'BIGINT', open_requests: 'BIGINT' },
};

export const TABLES: readonly TableShape[] = [
  CONVERSATIONS,
  MESSAGES,
  EVENTS,
  AUDIT,
  METRICS,
  BUS_PLUGINS,
  BUS_TOPICS,
  BUS_FLOWS,
];
