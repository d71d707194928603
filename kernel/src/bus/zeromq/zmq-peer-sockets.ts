import { join } from 'node:path';
import { createKeys, encodeZ85, loadSodium } from '@aico/zmtp';
import { sodiumFile } from '@aico/zmtp/sodium-file';
import type { Link } from '../../contracts/link.ts';
import type { OpenedSocket, PeerSocketFactory } from '../../contracts/peer-socket.ts';
import { Door } from './door.ts';
import { ZmqLink } from './zmq-link.ts';

/**
 * Opens one socket for each incarnation, with CURVE keys made for it: only the one key is let in, once. There is no
 * plaintext mode.
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
    loadSodium(sodiumFile());
  }

  async open(incarnation: string): Promise<OpenedSocket> {
    const keys = createKeys();
    const client = createKeys();
    let name = incarnation;
    let told = false;
    const link: ZmqLink = new ZmqLink({
      keys,
      admitted: client.publicKey,
      onAdmitted: () => door.shut(),
      onStranger: () => {
        door.strange();
        if (!told) this.#onRefused(name);
        told = true;
      },
      onClose: async () => {
        this.#links.delete(link);
        await door.remove();
      },
    });
    const door = await Door.open(join(this.#folder, incarnation), (socket) => link.accept(socket));
    this.#links.add(link);
    const publicKey = encodeZ85(client.publicKey);
    const secretKey = encodeZ85(client.secretKey);
    client.secretKey.fill(0);
    const { address } = door;
    return {
      link,
      credentials: { address, serverPublicKey: encodeZ85(keys.publicKey), publicKey, secretKey },
      rename: (to) => {
        name = to;
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links].map((link) => link.close()));
  }
}
