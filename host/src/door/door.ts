import { createServer, type Server, type Socket } from 'node:net';
import type { PeerCredentials } from '@aico/kernel/contracts';
import { AicoError, isAicoError } from '@aico/schemas';
import { problemOf } from '../problem.ts';
import { claimDoor } from './door-claim.ts';
import {
  type DoorAnswer,
  type DoorRequest,
  type HostFacts,
  parseRequest,
  readLine,
  writeLine,
} from './door-protocol.ts';

/** Access to the bus for one connection at the door. */
export interface Admission {
  readonly credentials: PeerCredentials;
  /** Takes the access back. */
  end(): Promise<void>;
}

/** What the door can give. */
export interface DoorKeeper {
  facts(): HostFacts;
  /** Lets a peer in. @throws AicoError when nobody can be let in now */
  admit(): Promise<Admission>;
  onFailure(error: unknown): void;
}

/**
 * How the `aico` command finds a running host: one local socket that only its owner can open. It tells facts and lets
 * peers in; everything else goes over the bus, under the ACL. Holding the door is also what makes a host the only one.
 */
export class Door {
  readonly #server: Server;
  readonly #keeper: DoorKeeper;
  readonly #connections = new Set<Socket>();
  readonly #serving = new Set<Promise<void>>();

  private constructor(server: Server, keeper: DoorKeeper) {
    this.#server = server;
    this.#keeper = keeper;
    server.on('connection', (socket) => this.#welcome(socket));
    server.on('error', (error) => keeper.onFailure(error));
  }

  /** Opens the door, or answers undefined when another host holds it. */
  static async open(address: string, keeper: DoorKeeper): Promise<Door | undefined> {
    const server = createServer();
    const door = new Door(server, keeper);
    return (await claimDoor(server, address)) ? door : undefined;
  }

  /** Lets everybody out and gives up the address. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#connections) socket.destroy();
    await Promise.all([closed, ...this.#serving]);
  }

  #welcome(socket: Socket): void {
    // A caller that vanishes is nothing to tell of.
    socket.on('error', () => socket.destroy());
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
    const served = this.#serve(socket)
      .catch((error: unknown) => this.#keeper.onFailure(error))
      .finally(() => this.#serving.delete(served));
    this.#serving.add(served);
  }

  async #serve(socket: Socket): Promise<void> {
    const left = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const line = await readLine(socket);
    const request = line === undefined ? undefined : parseRequest(line);
    if (request === undefined) {
      const details = { problem: line === undefined ? 'no line came' : 'it is not a known request' };
      answer(socket, { error: new AicoError('HOST_DOOR_REQUEST_INVALID', { subject: 'door', details }).toReport() });
    } else {
      await this.#answer(socket, request, left);
    }
  }

  async #answer(socket: Socket, { op }: DoorRequest, left: Promise<void>): Promise<void> {
    if (op === 'facts') {
      answer(socket, { facts: this.#keeper.facts() });
      return;
    }
    let admission: Admission;
    try {
      admission = await this.#keeper.admit();
    } catch (error) {
      answer(socket, { error: reportOf(error) });
      return;
    }
    writeLine(socket, { credentials: admission.credentials });
    await left;
    await admission.end();
  }
}

function answer(socket: Socket, data: DoorAnswer): void {
  writeLine(socket, data);
  socket.end();
}

function reportOf(error: unknown): ReturnType<AicoError['toReport']> {
  if (isAicoError(error)) return error.toReport();
  const details = { problem: problemOf(error) };
  return new AicoError('HOST_INTERNAL', { subject: 'door', details, cause: error }).toReport();
}
