import { connect, type Socket } from 'node:net';
import type { PeerCredentials } from '@aico/kernel/contracts';
import { AicoError } from '@aico/schemas';
import {
  type DoorAnswer,
  type DoorRequest,
  type HostFacts,
  parseAnswer,
  readLine,
  writeLine,
} from './door-protocol.ts';

/** Facts come at once; a peer may have to wait until the kernel stands. */
const ANSWER_TIMEOUT_MS = { facts: 3000, peer: 10_000 } as const;

/** Nobody holds the door; the last, whoever held it went in that moment. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET']);

/** A way in. Whoever closes it is out. */
export interface DoorPass {
  readonly credentials: PeerCredentials;
  /** Resolves when the host let go of us, e.g. because it stopped. */
  readonly ended: Promise<void>;
  close(): void;
}

/** What the host of this address says of itself; undefined when none runs. @throws AicoError HOST_NOT_ANSWERING */
export async function askFacts(address: string): Promise<HostFacts | undefined> {
  const asked = await ask(address, { op: 'facts' });
  if (asked === undefined) return undefined;
  asked.socket.destroy();
  if ('facts' in asked.answer) return asked.answer.facts;
  throw notAnswering(address);
}

/** Asks to be let in; undefined when no host runs. @throws AicoError as the host says, or HOST_NOT_ANSWERING */
export async function askPass(address: string): Promise<DoorPass | undefined> {
  const asked = await ask(address, { op: 'peer' });
  if (asked === undefined) return undefined;
  const { socket, answer } = asked;
  if (!('credentials' in answer)) {
    socket.destroy();
    throw 'error' in answer ? AicoError.fromReport(answer.error) : notAnswering(address);
  }
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.resume();
  return { credentials: answer.credentials, ended, close: () => socket.destroy() };
}

async function ask(
  address: string,
  request: DoorRequest,
): Promise<{ readonly socket: Socket; readonly answer: DoorAnswer } | undefined> {
  const socket = await dial(address);
  if (socket === undefined) return undefined;
  const timer = setTimeout(() => socket.destroy(), ANSWER_TIMEOUT_MS[request.op]);
  writeLine(socket, request);
  const line = await readLine(socket);
  clearTimeout(timer);
  const answer = line === undefined ? undefined : parseAnswer(line);
  if (answer !== undefined) return { socket, answer };
  socket.destroy();
  throw notAnswering(address);
}

function dial(address: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const fail = (error: NodeJS.ErrnoException): void => {
      if (NOBODY.has(error.code ?? '')) resolve(undefined);
      else reject(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      // From here on a broken connection shows as its end.
      socket.off('error', fail).on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

function notAnswering(subject: string): AicoError {
  return new AicoError('HOST_NOT_ANSWERING', { subject });
}
