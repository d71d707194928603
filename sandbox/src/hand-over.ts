import { Buffer } from 'node:buffer';
import type { PeerCredentials } from '@aico/kernel/contracts';
import type { Grant, Manifest } from '@aico/schemas';

export interface IsolateLimits {
  readonly memoryMb: number;
  /** What the plugin may have of the processor without yielding, ms. */
  readonly entryMs: number;
  /** And how long that may take, ms: others may have the processor meanwhile. */
  readonly entryTimeoutMs: number;
}

/** What a child is told once, over its inherited pipe. */
export interface HandOver {
  readonly incarnation: string;
  readonly credentials: PeerCredentials;
  readonly manifest: Manifest;
  readonly grants: readonly Grant[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly dataFolder?: string;
  /** It waits to be told to activate. */
  readonly standby?: boolean;
  /** Its author looks into it: another pipe is there for a debugger. */
  readonly inspected?: boolean;
  /** None of its code is to run before the debugger says so. */
  readonly waits?: boolean;
  /** Limits of the isolate, for the isolated tier. */
  readonly isolate?: IsolateLimits;
  /** Where bare imports resolve from, for the trusted tier. */
  readonly installFolder?: string;
}

export interface ReceivedHandOver {
  readonly handOver: HandOver;
  /** Path in the package → the verified bytes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

interface Head extends HandOver {
  readonly files: readonly (readonly [path: string, length: number])[];
}

const PREFIX_BYTES = 4;

/** Encodes: length of the head, the head as JSON, then the bytes of every file in the head's order. */
export function encodeHandOver(handOver: HandOver, files: ReadonlyMap<string, Uint8Array>): Uint8Array[] {
  const head: Head = { ...handOver, files: [...files].map(([path, bytes]) => [path, bytes.length]) };
  const json = Buffer.from(JSON.stringify(head));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(json.length);
  return [prefix, json, ...files.values()];
}

/** Collects chunks until the hand-over is whole. */
export class HandOverReader {
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #wanted = PREFIX_BYTES;
  #head: Head | undefined;

  /** The hand-over, once its last byte came. */
  push(chunk: Buffer): ReceivedHandOver | undefined {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    while (this.#received >= this.#wanted) {
      const bytes = Buffer.concat(this.#chunks.splice(0));
      this.#chunks.push(bytes);
      if (this.#head !== undefined) return this.#read(this.#head, bytes);
      this.#advance(bytes);
    }
    return undefined;
  }

  #advance(bytes: Buffer): void {
    const headEnd = PREFIX_BYTES + bytes.readUInt32LE(0);
    if (this.#wanted === PREFIX_BYTES) {
      this.#wanted = headEnd;
      return;
    }
    const head = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, headEnd)) as Head;
    this.#head = head;
    this.#wanted = head.files.reduce((sum, [, length]) => sum + length, headEnd);
  }

  #read(head: Head, bytes: Buffer): ReceivedHandOver {
    const { files: entries, ...handOver } = head;
    const files = new Map<string, Uint8Array>();
    let at = PREFIX_BYTES + bytes.readUInt32LE(0);
    for (const [path, length] of entries) {
      files.set(path, bytes.subarray(at, at + length));
      at += length;
    }
    return { handOver, files };
  }
}
