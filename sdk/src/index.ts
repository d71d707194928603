export type * from '@aico/schemas';
export { AicoError, type ErrorCode, isAicoError, isAnswering, nearestName } from '@aico/schemas';
export type {
  Bus,
  BusStream,
  ChunkOf,
  ConsumeOptions,
  DurableEvent,
  DurableTopic,
  EventTopic,
  Message,
  PayloadOf,
  PublishOptions,
  ReplyOf,
  Request,
  RequestOptions,
  RequestTopic,
  StreamTopic,
  StreamWriter,
  Traced,
  Undo,
} from './bus.ts';
export {
  type ClockWait,
  ClockWatch,
  type ClockWatchPowers,
  clockTable,
  lookAtClock,
  mostOff,
  type SeenClock,
  steadyHours,
} from './clock-watch.ts';
export type {
  Assets,
  BlobContent,
  BlobReadOptions,
  Blobs,
  Cache,
  Conditions,
  Configuration,
  Fetch,
  FetchOptions,
  FetchResponse,
  KeptVector,
  LanguageModel,
  Log,
  NewVector,
  Permissions,
  PluginContext,
  Schedule,
  ScheduleOptions,
  Secrets,
  Storage,
  Themes,
  Timing,
  VectorQueryOptions,
  Vectors,
} from './context.ts';
export { definePlugin, type PluginDefinition } from './define-plugin.ts';
export { findMention, isSearchable } from './mentions.ts';
export type {
  Counter,
  Gauge,
  Histogram,
  HistogramOptions,
  Labels,
  MetricOptions,
  Metrics,
} from './metrics.ts';
export { readMigrations } from './read-migrations.ts';
export type { KeptRecord, RecordKind, Records } from './records.ts';
