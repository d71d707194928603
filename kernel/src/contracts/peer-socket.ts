import type { Link } from './link.ts';

/** What a child needs to reach its own socket, and nobody else can: made per incarnation, never written to disk. */
export interface PeerCredentials {
  readonly address: string;
  /** CURVE keys, Z85. */
  readonly serverPublicKey: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

export interface OpenedSocket {
  readonly link: Link;
  readonly credentials: PeerCredentials;
  /** Says whose it is, where that was not known when it was opened. */
  rename(incarnation: string): void;
}

/** Opens one socket per incarnation. One implementation: ZeroMQ, in the kernel's bus. */
export interface PeerSocketFactory {
  open(incarnation: string): Promise<OpenedSocket>;
  close(): Promise<void>;
}
