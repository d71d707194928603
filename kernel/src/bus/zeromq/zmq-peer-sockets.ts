import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createKeys, encodeZ85, loadSodium } from '@aico/zmtp';
import { sodiumFile } from '@aico/zmtp/sodium-file';
import type { Link } from '../../contracts/link.ts';
import type { PeerCredentials, PeerSocketFactory } from '../../contracts/peer-socket.ts';
import { ZmqLink } from './zmq-link.ts';

/**
 * Opens one socket for each incarnation: ipc in a folder of its own (TCP loopback on Windows), CURVE keys made for it, and
 * only the one key let in. There is no plaintext mode.
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

  async open(incarnation: string): Promise<{ readonly link: Link; readonly credentials: PeerCredentials }> {
    const keys = createKeys();
    const client = createKeys();
    const folder = join(this.#folder, incarnation);
    const server = createServer();
    let told = false;
    const link: ZmqLink = new ZmqLink({
      keys,
      admitted: client.publicKey,
      onRefused: () => {
        if (!told) this.#onRefused(incarnation);
        told = true;
      },
      onClose: async () => {
        this.#links.delete(link);
        await new Promise((resolve) => server.close(resolve));
        await rm(folder, { recursive: true, force: true });
      },
    });
    server.on('connection', (socket) => link.accept(socket));
    this.#links.add(link);
    try {
      const address = await listen(server, folder);
      const publicKey = encodeZ85(client.publicKey);
      const secretKey = encodeZ85(client.secretKey);
      client.secretKey.fill(0);
      return { link, credentials: { address, serverPublicKey: encodeZ85(keys.publicKey), publicKey, secretKey } };
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links].map((link) => link.close()));
  }
}

async function listen(server: Server, folder: string): Promise<string> {
  const windows = process.platform === 'win32';
  if (!windows) await mkdir(folder, { mode: 0o700 });
  server.listen(windows ? { host: '127.0.0.1', port: 0 } : { path: join(folder, 'bus') });
  await once(server, 'listening');
  return windows ? `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` : `ipc://${join(folder, 'bus')}`;
}
