import type { Pattern } from '@aico/schemas';
import type { Constraints } from '../acl/access-list.ts';
import type { Contract } from './contract-table.ts';
import type { Exchange } from './observe/observer.ts';
import type { Peer } from './peer.ts';

/** One open request between two peers. */
export interface PendingRequest {
  readonly id: number;
  readonly asker: Peer;
  /** The asker's own number for it. */
  readonly correlation: number;
  /** Who is to answer; a successor may take its place. */
  server: Peer;
  readonly topic: string;
  readonly contract: Contract;
  readonly streaming: boolean;
  readonly exchange: Exchange;
  /** What the asker must stay allowed to subscribe to, when the contract requires that in place of a grant. */
  readonly within: Pattern | undefined;
  /** Of the grant by which it was asked, as its server was told. */
  readonly constraints: Constraints | undefined;
  /** Chunks that the server may still send. */
  credit: number;
}

/** Requests that one plugin may have open. */
export const OPEN_REQUESTS_LIMIT = 4_096;
/** In place of a number, of what is asked of the kernel itself. */
const OF_KERNEL = 0;

/** Every open request. An answer is a right for one request, once, and for the asked peer alone. */
export class PendingRequests {
  readonly #pending = new Map<number, PendingRequest>();
  #last = 0;

  open(request: Omit<PendingRequest, 'id'>): PendingRequest {
    // The upper half of the numbers belongs to durable publishes.
    do this.#last = (this.#last % 0x7fff_ffff) + 1;
    while (this.#pending.has(this.#last));
    const pending: PendingRequest = { id: this.#last, ...request };
    this.#pending.set(pending.id, pending);
    pending.asker.asked.set(pending.correlation, pending.id);
    return pending;
  }

  /** Notes what is asked of the kernel itself, which answers outside of this table; returns its undo. */
  openOfKernel({ asked }: Peer, correlation: number): () => void {
    asked.set(correlation, OF_KERNEL);
    return () => void asked.delete(correlation);
  }

  /** Whether a peer waits for the kernel itself. */
  awaitsKernel({ asked }: Peer): boolean {
    return [...asked.values()].includes(OF_KERNEL);
  }

  /** The request that a server answers, if it was asked to. */
  asServer(server: Peer, id: number): PendingRequest | undefined {
    const pending = this.#pending.get(id);
    return pending?.server === server ? pending : undefined;
  }

  /** Whether the request was put to some other peer: answering it is forgery, not lateness. */
  isOfAnother(server: Peer, id: number): boolean {
    const pending = this.#pending.get(id);
    return pending !== undefined && pending.server !== server;
  }

  asAsker(asker: Peer, correlation: number): PendingRequest | undefined {
    const id = asker.asked.get(correlation);
    return id === undefined ? undefined : this.#pending.get(id);
  }

  get(id: number): PendingRequest | undefined {
    return this.#pending.get(id);
  }

  /** What a peer asks. */
  askedBy(peer: Peer): PendingRequest[] {
    return [...peer.asked.values()].flatMap((id) => this.#pending.get(id) ?? []);
  }

  close(pending: PendingRequest): void {
    this.#pending.delete(pending.id);
    pending.asker.asked.delete(pending.correlation);
  }

  /** Everything that a peer asks or is asked. */
  of(peer: Peer): PendingRequest[] {
    return [...this.#pending.values()].filter((pending) => pending.asker === peer || pending.server === peer);
  }
}
