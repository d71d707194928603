import type { Quota } from '@aico/schemas';

/** What a plugin may use when its manifest asks for nothing else. */
export const DEFAULT_QUOTA: Required<Quota> = {
  memoryMb: 192,
  cpuMsPerSecond: 800,
  messagesPerSecond: 1_000,
  bytesPerSecond: 8 * 1024 * 1024,
  messageBytes: 1024 * 1024,
  queueMessages: 8_192,
  queueBytes: 16 * 1024 * 1024,
  startMs: 10_000,
  stopMs: 3_000,
  storageMb: 1_024,
  logLinesPerMinute: 3_000,
  subscriptions: 1_000,
};

/** Fills what a manifest leaves out. @param own what the user set, which outweighs it */
export function completeQuota(quota: Quota | undefined, own?: Quota): Required<Quota> {
  return { ...DEFAULT_QUOTA, ...quota, ...own };
}
