import { randomBytes } from 'node:crypto';
import type { Bridge } from '../../src/guest/bridge.ts';

/** The host's powers as a test sees them: what the guest asked for, in order. */
export interface StubBridge {
  readonly sent: unknown[][];
  readonly logs: { readonly level: string; readonly message: string; readonly fields: string | undefined }[];
  readonly wakes: number[];
  readonly files: Map<string, Uint8Array>;
  full: boolean;
  ended: boolean;
}

/** Puts a bridge in place, as `evalClosure` does; import guest modules after it. */
export function stubBridge(): StubBridge {
  const stub: StubBridge = { sent: [], logs: [], wakes: [], files: new Map(), full: false, ended: false };
  const powers: Bridge[keyof Bridge][] = [
    (records: string) => {
      stub.sent.push(...(JSON.parse(records) as unknown[][]));
      return !stub.full;
    },
    (level: string, message: string, fields: string | undefined) => {
      stub.logs.push({ level, message, fields });
    },
    (milliseconds: number) => {
      stub.wakes.push(milliseconds);
    },
    (path: string) => {
      const bytes = stub.files.get(path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('base64');
    },
    (count: number) => randomBytes(count).toString('base64'),
    () => {
      stub.ended = true;
    },
  ];
  powers.forEach((power, place) => {
    Object.defineProperty(globalThis, `$${place}`, { value: power, configurable: true, writable: true });
  });
  return stub;
}
