import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { curveKeyPair, Dealer } from 'zeromq';
import type { Link } from '../../contracts/link.ts';
import type { PeerCredentials, PeerSocketFactory } from '../../contracts/peer-socket.ts';
import { decodeZ85 } from './z85.ts';
import { zapHandler } from './zap.ts';
import { ZmqLink } from './zmq-link.ts';

/** Frames that wait in a socket before its sender waits; each is at most about 256 KiB. */
const HIGH_WATER_MARK = 16;

/**
 * Opens one socket for each incarnation: ipc in a folder of its own (TCP loopback on Windows), CURVE keys made for it,
 * ZAP admitting that one key. There is no plaintext mode.
 */
export class ZmqPeerSockets implements PeerSocketFactory {
  readonly #folder: string;
  readonly #onRefused: (incarnation: string) => void;
  readonly #links = new Set<Link>();

  /**
   * @param folder the runtime folder, mode 0700; kept short because socket paths are
   * @param onRefused told once of each socket at which somebody tried another key
   */
  constructor(folder: string, onRefused: (incarnation: string) => void = () => {}) {
    this.#folder = folder;
    this.#onRefused = onRefused;
  }

  async open(incarnation: string): Promise<{ readonly link: Link; readonly credentials: PeerCredentials }> {
    const server = curveKeyPair();
    const client = curveKeyPair();
    const socket = new Dealer({
      linger: 0,
      curveServer: true,
      curveSecretKey: server.secretKey,
      zapDomain: incarnation,
      sendHighWaterMark: HIGH_WATER_MARK,
      receiveHighWaterMark: HIGH_WATER_MARK,
      maxMessageSize: 32 * 1024 * 1024,
    });
    const folder = join(this.#folder, incarnation);
    this.#watch(socket, incarnation);
    const refuse = await zapHandler.admit(incarnation, decodeZ85(client.publicKey));
    const link: Link = new ZmqLink(socket, async () => {
      refuse();
      this.#links.delete(link);
      await rm(folder, { recursive: true, force: true });
    });
    try {
      const address = await this.#bind(socket, folder);
      this.#links.add(link);
      const { publicKey, secretKey } = client;
      return { link, credentials: { address, serverPublicKey: server.publicKey, publicKey, secretKey } };
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links].map((link) => link.close()));
  }

  /** Handshakes fail for nobody who was given the keys. */
  #watch(socket: Dealer, incarnation: string): void {
    let told = false;
    const tell = (): void => {
      if (!told) this.#onRefused(incarnation);
      told = true;
    };
    socket.events.on('handshake:error:auth', tell);
    socket.events.on('handshake:error:protocol', tell);
  }

  async #bind(socket: Dealer, folder: string): Promise<string> {
    if (process.platform === 'win32') {
      await socket.bind('tcp://127.0.0.1:*');
      return socket.lastEndpoint ?? '';
    }
    await mkdir(folder, { mode: 0o700 });
    const address = `ipc://${join(folder, 'bus')}`;
    await socket.bind(address);
    return address;
  }
}
