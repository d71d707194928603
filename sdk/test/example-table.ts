import type {
  Assets,
  Blobs,
  Bus,
  Cache,
  Conditions,
  Configuration,
  LanguageModel,
  Log,
  Metrics,
  Permissions,
  PluginContext,
  PluginDefinition,
  Records,
  Schedule,
  Secrets,
  Storage,
  Themes,
  Vectors,
} from '@aico/sdk';

type Members<Name extends string, Part> = `${Name}.${keyof Part & string}`;
type Parts =
  | 'bus'
  | 'storage'
  | 'cache'
  | 'vectors'
  | 'blobs'
  | 'secrets'
  | 'schedule'
  | 'records'
  | 'config'
  | 'llm'
  | 'log'
  | 'metrics'
  | 'permissions'
  | 'conditions'
  | 'theme'
  | 'assets';
type Call =
  | Members<'bus', Bus>
  | Members<'storage', Storage>
  | Members<'cache', Cache>
  | Members<'vectors', Vectors>
  | Members<'blobs', Blobs>
  | Members<'secrets', Secrets>
  | Members<'schedule', Schedule>
  | Members<'records', Records>
  | Members<'config', Configuration>
  | Members<'llm', LanguageModel>
  | Members<'log', Log>
  | Members<'metrics', Metrics>
  | Members<'permissions', Permissions>
  | Members<'conditions', Conditions>
  | Members<'theme', Themes>
  | Members<'assets', Assets>
  | Exclude<keyof PluginContext, Parts>
  | keyof PluginDefinition;

// The compiler refuses this table when a call of PluginContext, or one that a plugin answers, has no example.
export const EXAMPLES: Record<Call | 'view' | 'AicoError', string> = {
  'bus.consume': 'bus-consume',
  'bus.keepEvents': 'bus-keep-events',
  'bus.publish': 'bus-publish',
  'bus.request': 'bus-request',
  'bus.serve': 'bus-serve',
  'bus.serveStream': 'bus-serve-stream',
  'bus.stream': 'bus-stream',
  'bus.subscribe': 'bus-subscribe',
  'bus.subscribePattern': 'bus-subscribe-pattern',
  'storage.get': 'storage-keys',
  'storage.set': 'storage-keys',
  'storage.delete': 'storage-keys',
  'storage.list': 'storage-keys',
  'cache.get': 'cache',
  'cache.set': 'cache',
  'cache.delete': 'cache',
  'cache.list': 'cache',
  'storage.batch': 'storage-sql',
  'storage.query': 'storage-sql',
  'storage.migrate': 'storage-sql',
  'vectors.upsert': 'vectors',
  'vectors.query': 'vectors',
  'vectors.delete': 'vectors',
  'vectors.entries': 'vectors',
  'vectors.collections': 'vectors',
  'vectors.drop': 'vectors',
  'blobs.write': 'blobs',
  'blobs.read': 'blobs',
  'blobs.stat': 'blobs',
  'blobs.list': 'blobs',
  'blobs.delete': 'blobs',
  'secrets.get': 'secrets',
  'secrets.set': 'secrets',
  'secrets.delete': 'secrets',
  'schedule.set': 'schedule',
  'schedule.cancel': 'schedule',
  'schedule.list': 'schedule',
  'schedule.onDue': 'schedule',
  'records.serve': 'records',
  'config.get': 'config',
  'config.values': 'config',
  'config.onChange': 'config',
  'llm.generate': 'llm-generate',
  'log.debug': 'log',
  'log.info': 'log',
  'log.warn': 'log',
  'log.error': 'log',
  'metrics.counter': 'metrics',
  'metrics.gauge': 'metrics',
  'metrics.histogram': 'metrics',
  'permissions.contains': 'permissions-contains',
  'permissions.request': 'permissions-request',
  'conditions.set': 'conditions-set',
  'theme.set': 'theme-set',
  'assets.read': 'assets',
  'assets.paths': 'assets',
  id: 'deactivate',
  version: 'deactivate',
  signal: 'signal',
  dataFolder: 'data-folder',
  effect: 'effect',
  fetch: 'fetch',
  setTimer: 'set-timer',
  activate: 'deactivate',
  deactivate: 'deactivate',
  suspend: 'suspend',
  resume: 'suspend',
  handOver: 'hand-over',
  migrate: 'hand-over',
  stateVersion: 'hand-over',
  view: 'view',
  AicoError: 'aico-error',
};
