import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** Strangers that are heard out before the door closes for a while. */
const STRANGERS = 16;
const FIRST_PAUSE_MS = 50;
/** Not longer, for the plugin stands before it too. */
const LONGEST_PAUSE_MS = 400;

/**
 * The place where one plugin connects: a socket file in a folder of its own, TCP loopback on Windows. It is open until the plugin
 * has come in, for nobody comes after it. Strangers, of whom each costs the kernel a handshake, close it for a while, each
 * time for longer: the operating system then refuses them at no cost.
 */
export class Door {
  readonly #folder: string;
  readonly #onVisit: (socket: Socket) => void;
  #place: ListenOptions;
  #server: Server | undefined;
  #strangers = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #opening: NodeJS.Timeout | undefined;
  #shut = false;

  private constructor(folder: string, onVisit: (socket: Socket) => void) {
    this.#folder = folder;
    this.#onVisit = onVisit;
    const windows = process.platform === 'win32';
    this.#place = windows ? { host: '127.0.0.1', port: 0 } : { path: join(folder, 'bus') };
  }

  /** @param folder a path for this door alone; what lies there is only its user's. @throws Error of the system */
  static async open(folder: string, onVisit: (socket: Socket) => void): Promise<Door> {
    const door = new Door(folder, onVisit);
    if (door.#place.path !== undefined) await mkdir(folder, { mode: 0o700 });
    await door.#listen();
    return door;
  }

  get address(): string {
    const { path, port } = this.#place;
    return path === undefined ? `tcp://127.0.0.1:${port}` : `ipc://${path}`;
  }

  /** Somebody came who is not the plugin. */
  strange(): void {
    this.#strangers += 1;
    if (this.#strangers < STRANGERS || this.#shut) return;
    this.#strangers = 0;
    this.#server?.close();
    this.#server = undefined;
    // Where the socket cannot be made again the plugin is not heard, which its start's deadline tells.
    this.#opening = setTimeout(() => void this.#listen().catch(() => {}), this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** Nobody else comes in. Who is inside stays. */
  shut(): void {
    this.#shut = true;
    clearTimeout(this.#opening);
    this.#server?.close();
    this.#server = undefined;
  }

  /** Shuts, and leaves nothing on the disk. */
  async remove(): Promise<void> {
    this.shut();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => this.#onVisit(socket));
    this.#server = server;
    server.listen(this.#place);
    await once(server, 'listening');
    if (this.#place.path === undefined) this.#place = { ...this.#place, port: (server.address() as AddressInfo).port };
  }
}
