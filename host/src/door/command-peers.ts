import { randomBytes } from 'node:crypto';
import { completeQuota, type Kernel } from '@aico/kernel';
import type { PeerSocketFactory } from '@aico/kernel/contracts';
import { inject, injectable } from 'tsyringe';
import { CLI_GRANTS, CLI_PEER } from '../cli/grants.ts';
import { KERNEL, PEER_SOCKETS } from '../tokens.ts';
import type { Admission } from './door.ts';

/** Puts each caller at the door on the bus: a socket and keys of its own, made for this call, and a fixed list of rights. */
@injectable()
export class CommandPeers {
  readonly #sockets: PeerSocketFactory;
  readonly #kernel: Kernel;

  constructor(@inject(PEER_SOCKETS) sockets: PeerSocketFactory, @inject(KERNEL) kernel: Kernel) {
    this.#sockets = sockets;
    this.#kernel = kernel;
  }

  async admit(): Promise<Admission> {
    const incarnation = `${CLI_PEER}-${randomBytes(6).toString('hex')}`;
    const { link, credentials } = await this.#sockets.open(incarnation);
    const quota = completeQuota(undefined);
    const { detach } = this.#kernel.attachPeer({ id: CLI_PEER, incarnation, grants: CLI_GRANTS, quota, link });
    return {
      credentials,
      end: async () => {
        detach();
        await link.close();
      },
    };
  }
}
