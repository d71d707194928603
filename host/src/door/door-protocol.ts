import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { PeerCredentials } from '@aico/kernel/contracts';
import type { ErrorReport } from '@aico/schemas';
import { isRecord } from '../is-record.ts';

/** What one can ask at the door. `peer` lasts as long as its connection. */
export type DoorRequest = { readonly op: 'facts' } | { readonly op: 'peer' };

/** What a running host says of itself before anybody is let in. */
export interface HostFacts {
  readonly processId: number;
  readonly version: string;
  readonly home: string;
  readonly distribution: string;
  readonly state: 'starting' | 'running' | 'stopping';
  /** RFC 3339. */
  readonly startedAt: string;
  /** Where the plugins can be reached, by name. */
  readonly endpoints: Readonly<Record<string, string>>;
}

export type DoorAnswer =
  | { readonly facts: HostFacts }
  | { readonly credentials: PeerCredentials }
  | { readonly error: ErrorReport };

const MAX_LINE_BYTES = 64 * 1024;

/** The address of the door: a socket in the runtime folder, or a pipe of that name on Windows. */
export function doorAddress(runtimeFolder: string): string {
  if (process.platform !== 'win32') return join(runtimeFolder, 'door');
  return `\\\\.\\pipe\\${runtimeFolder.replace(/[^A-Za-z0-9]+/g, '-')}`;
}

/** Where a host writes its process number down, for the case that it hangs. */
export function processIdFile(runtimeFolder: string): string {
  return join(runtimeFolder, 'door.pid');
}

/** The first line of a connection; undefined when it ends before, or sends too much. */
export function readLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const finish = (line: string | undefined): void => {
      socket.off('data', read).off('close', end);
      resolve(line);
    };
    const end = (): void => finish(undefined);
    const read = (bytes: Buffer): void => {
      text += bytes.toString('utf8');
      const at = text.indexOf('\n');
      if (at >= 0) finish(text.slice(0, at));
      else if (text.length > MAX_LINE_BYTES) finish(undefined);
    };
    socket.on('data', read).once('close', end);
  });
}

/** Sends one line of JSON. */
export function writeLine(socket: Socket, data: DoorRequest | DoorAnswer): void {
  socket.write(`${JSON.stringify(data)}\n`);
}

/** Reads a request. */
export function parseRequest(line: string): DoorRequest | undefined {
  const data = parseJson(line);
  if (!isRecord(data) || (data['op'] !== 'facts' && data['op'] !== 'peer')) return undefined;
  return { op: data['op'] };
}

/** Reads an answer. */
export function parseAnswer(line: string): DoorAnswer | undefined {
  const data = parseJson(line);
  if (!isRecord(data)) return undefined;
  const known = isRecord(data['facts']) || isRecord(data['credentials']) || isRecord(data['error']);
  return known ? (data as unknown as DoorAnswer) : undefined;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
