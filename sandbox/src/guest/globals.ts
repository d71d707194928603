import { GuestAbortController, GuestAbortSignal, GuestDomException } from './abort.ts';
import { atob, btoa, decodeBase64 } from './base64.ts';
import { bridge } from './bridge.ts';
import { logFailure, show } from './show.ts';
import { GuestTextDecoder, GuestTextEncoder } from './text.ts';
import { GuestTimers } from './timers.ts';

const MAX_RANDOM_BYTES = 65_536;

export const timers: GuestTimers = new GuestTimers();

/** Gives the isolate the globals that plugins may count on, all written here, none of the host's. */
export function installGlobals(global: Record<string, unknown>): void {
  const offered: Record<string, unknown> = {
    setTimeout: (handler: (...values: unknown[]) => void, milliseconds: number, ...values: unknown[]) =>
      timers.set(() => handler(...values), milliseconds),
    clearTimeout: (id: number) => timers.clear(id),
    queueMicrotask: (handler: () => void) => void Promise.resolve().then(handler).catch(logFailure),
    AbortController: GuestAbortController,
    AbortSignal: GuestAbortSignal,
    DOMException: GuestDomException,
    TextEncoder: GuestTextEncoder,
    TextDecoder: GuestTextDecoder,
    atob,
    btoa,
    crypto: { getRandomValues, randomUUID },
    console: createConsole(),
  };
  for (const [name, value] of Object.entries(offered)) {
    Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

function getRandomValues<View extends ArrayBufferView>(view: View): View {
  if (view.byteLength > MAX_RANDOM_BYTES) throw new RangeError(`At most ${MAX_RANDOM_BYTES} bytes at a time.`);
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(decodeBase64(bridge.random(view.byteLength)));
  return view;
}

/** A version 4 UUID (RFC 9562). */
function randomUUID(): string {
  const bytes = getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function createConsole(): Record<string, (...values: unknown[]) => void> {
  const at =
    (level: string) =>
    (...values: unknown[]): void =>
      bridge.log(level, values.map(show).join(' '), undefined);
  return {
    log: at('info'),
    info: at('info'),
    debug: at('debug'),
    trace: at('debug'),
    warn: at('warn'),
    error: at('error'),
  };
}
