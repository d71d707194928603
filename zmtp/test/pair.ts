import { Duplex } from 'node:stream';
import {
  Connection,
  type CurveMechanism,
  createKeys,
  curveClient,
  curveServer,
  type KeyPair,
  loadSodium,
} from '../src/index.ts';
import { sodiumFile } from '../src/sodium-file.ts';

loadSodium(sodiumFile());

export const LIMIT = 1_000_000;

/** One end of a connection, and what happened to it. */
export interface End {
  readonly connection: Connection;
  readonly ready: Promise<void>;
  readonly messages: Buffer[];
  readonly closed: Promise<unknown>;
}

export function endOf(
  carrier: Duplex,
  mechanism: CurveMechanism,
  take: (message: Buffer) => void | Promise<void> = () => {},
): End {
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<unknown>();
  const messages: Buffer[] = [];
  const connection = new Connection({
    carrier,
    mechanism,
    messageLimit: LIMIT,
    onReady: () => ready.resolve(),
    onMessage: (message) => {
      messages.push(Buffer.from(message));
      return take(message);
    },
    onClosed: (reason) => closed.resolve(reason),
  });
  return { connection, ready: ready.promise, messages, closed: closed.promise };
}

/** Two streams that are each other's wire; `tamper` sees every chunk that leaves the first, and what it returns arrives. */
export function wire(tamper: (chunk: Buffer) => readonly Buffer[] = (chunk) => [chunk]): [Duplex, Duplex] {
  const make = (other: () => Duplex, pass: (chunk: Buffer) => readonly Buffer[]): Duplex =>
    new Duplex({
      allowHalfOpen: false,
      read() {},
      write(chunk: Buffer, _, done) {
        // The sender may use its memory again as soon as this is done.
        for (const each of pass(Buffer.from(chunk))) other().push(each);
        done();
      },
      destroy(error, done) {
        other().push(null);
        done(error);
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const one: Duplex = make(() => two, tamper);
  const two: Duplex = make(
    () => one,
    (chunk) => [chunk],
  );
  return [one, two];
}

export interface Keys {
  readonly server: KeyPair;
  readonly client: KeyPair;
}

export function makeKeys(): Keys {
  return { server: createKeys(), client: createKeys() };
}

export function serverFor({ server, client }: Keys): CurveMechanism {
  return curveServer(server, client.publicKey);
}

export function clientFor({ server, client }: Keys): CurveMechanism {
  return curveClient({ serverPublicKey: server.publicKey, ...client });
}
