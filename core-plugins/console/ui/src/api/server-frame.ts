import type { ServerFrame } from '@aico/sdk';
import { isRecord } from './api-error.ts';

const OPS: ReadonlySet<unknown> = new Set(['chunk', 'reply', 'event', 'subscribed', 'error', 'pong']);

/** Reads a frame; undefined for what is none. The gateway validates what it sends, so only the outline is checked. */
export function parseServerFrame(raw: unknown): ServerFrame | undefined {
  if (typeof raw !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(raw);
    return isRecord(value) && OPS.has(value['op']) ? (value as unknown as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
