import type { PluginInfo, QuotaName } from '@aico/sdk';

/** Limits that somebody may want to change; the rest are for those who look for them. */
export const COMMON = ['memoryMb', 'cpuMsPerSecond', 'storageMb', 'logLinesPerMinute'] as const satisfies QuotaName[];
export const RARE = [
  'messagesPerSecond',
  'bytesPerSecond',
  'messageBytes',
  'queueMessages',
  'queueBytes',
  'subscriptions',
  'startMs',
  'stopMs',
] as const satisfies QuotaName[];

/** The least and the most that each may be set to; the kernel holds to its own. */
export const BOUNDS: Readonly<Record<QuotaName, readonly [least: number, most: number]>> = {
  memoryMb: [16, 8_192],
  cpuMsPerSecond: [10, 16_000],
  storageMb: [1, 1_048_576],
  logLinesPerMinute: [10, 600_000],
  messagesPerSecond: [1, 10_000_000],
  bytesPerSecond: [1_024, 10_737_418_240],
  messageBytes: [256, 16_777_216],
  queueMessages: [16, 1_000_000],
  queueBytes: [4_096, 1_073_741_824],
  subscriptions: [1, 20_000],
  startMs: [100, 120_000],
  stopMs: [10, 60_000],
};

/** Those that a process is told only as it starts. */
export const FROM_NEXT_START: ReadonlySet<QuotaName> = new Set(['memoryMb', 'startMs']);
/** Numbers too long to be read at a glance. */
export const IN_BYTES: ReadonlySet<QuotaName> = new Set(['bytesPerSecond', 'messageBytes', 'queueBytes']);

type Resource = NonNullable<PluginInfo['pressure']>[number]['resource'];

/** The limit on which a plugin presses. */
export const PRESSED: Readonly<Record<Resource, QuotaName>> = {
  memory: 'memoryMb',
  cpu: 'cpuMsPerSecond',
  storage: 'storageMb',
  logs: 'logLinesPerMinute',
  messages: 'messagesPerSecond',
  bytes: 'bytesPerSecond',
  'message-size': 'messageBytes',
  queue: 'queueMessages',
  'queue-bytes': 'queueBytes',
  subscriptions: 'subscriptions',
};

/** What was typed, as a limit; undefined when it is none. */
export function limitOf(name: QuotaName, typed: string): number | undefined {
  const text = typed.trim();
  const [least, most] = BOUNDS[name];
  return /^\d{1,12}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined;
}

/** Where its field is on the page. */
export function fieldIdOf(plugin: string, name: QuotaName): string {
  return `limit-${plugin}-${name}`;
}
