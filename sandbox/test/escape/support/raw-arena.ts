import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Link, PeerCredentials } from '@aico/kernel/contracts';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import type { Layers, RawAttack } from '../raw-attack.ts';
import { Places } from './places.ts';
import { type RawFinding, type RawNames, runRaw } from './raw-process.ts';

/** Baits, the socket of a neighbour and an abstract one, for attacks from a process whose isolate is assumed broken. */
export class RawArena implements AsyncDisposable {
  readonly #folder: string;
  readonly #places: Places;
  readonly #transport: ZmqPeerSockets;
  readonly #own: PeerCredentials;
  readonly #names: RawNames;
  readonly #abstract: Server;
  #heard = 0;

  private constructor(folder: string, places: Places, transport: ZmqPeerSockets, own: Opened, neighbour: Opened) {
    this.#folder = folder;
    this.#places = places;
    this.#transport = transport;
    this.#own = own.credentials;
    const abstractSocket = `\0${folder}`;
    this.#names = {
      ...places.names,
      neighbourSocket: neighbour.credentials.address.slice('ipc://'.length),
      abstractSocket,
    };
    neighbour.link.receive(() => {
      this.#heard += 1;
    });
    this.#abstract = createServer((socket) => socket.end(places.canary));
    if (process.platform === 'linux') this.#abstract.listen(abstractSocket);
  }

  static async open(): Promise<RawArena> {
    const folder = await mkdtemp(join(tmpdir(), 'aico-'));
    const places = await Places.lay(folder);
    const transport = new ZmqPeerSockets(folder);
    return new RawArena(folder, places, transport, await transport.open('raw'), await transport.open('neighbour'));
  }

  run(attack: RawAttack, layers: Layers): Promise<RawFinding> {
    return runRaw(attack, layers, this.#own, this.#names);
  }

  /** What happened to the baits, all attacks together. */
  async damage(): Promise<string[]> {
    const found = await this.#places.damage();
    return this.#heard > 0 ? [...found, 'the neighbour’s socket took a message'] : found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#places.close();
    this.#abstract.close();
    await this.#transport.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Opened {
  readonly link: Link;
  readonly credentials: PeerCredentials;
}
