import { Buffer } from 'node:buffer';
import {
  createKeys,
  equal,
  KEY_BYTES,
  type KeyPair,
  MAC_BYTES,
  nonceOf,
  open,
  randomBytes,
  seal,
  sharedKey,
} from './curve-keys.ts';
import { CurveSession } from './curve-session.ts';

// CurveZMQ, RFC 26: HELLO and INITIATE from the client, WELCOME and READY from the server.
const HELLO = Buffer.from('\x05HELLO\x01\x00', 'latin1');
const WELCOME = Buffer.from('\x07WELCOME', 'latin1');
const INITIATE = Buffer.from('\x08INITIATE', 'latin1');
const READY = Buffer.from('\x05READY', 'latin1');
const PADDING_BYTES = 72;
const SIGNED_ZEROS = Buffer.alloc(64);
const SHORT = 8;
const LONG = 16;
const COOKIE_BYTES = 96;
const VOUCH_BYTES = LONG + MAC_BYTES + 2 * KEY_BYTES;
const HELLO_BYTES = HELLO.length + PADDING_BYTES + KEY_BYTES + SHORT + MAC_BYTES + SIGNED_ZEROS.length;
const WELCOME_BYTES = WELCOME.length + LONG + MAC_BYTES + KEY_BYTES + COOKIE_BYTES;
const INITIATE_LEAST = INITIATE.length + COOKIE_BYTES + SHORT + MAC_BYTES + KEY_BYTES + VOUCH_BYTES;
/** The only property that a peer must tell: both ends are dealers, as libzmq names them. */
const METADATA = Buffer.from('\x0bSocket-Type\x00\x00\x00\x06DEALER', 'latin1');

/** What a side needs to be itself and to know the other. */
export interface CurveKeys {
  readonly serverPublicKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** One side of a handshake: takes the other's commands, answers with its own, and ends with a session. */
export interface CurveMechanism {
  readonly asServer: boolean;
  /** What this side says before it heard anything. */
  readonly first: Buffer | undefined;
  /** @throws HandshakeRefused */
  take(command: Buffer): { readonly reply?: Buffer; readonly session?: CurveSession };
}

/** The other side is not who it should be (`key`), or does not speak CURVE (`protocol`). */
export class HandshakeRefused extends Error {
  readonly reason: 'key' | 'protocol';

  constructor(reason: 'key' | 'protocol') {
    super(reason === 'key' ? 'The other side has another key.' : 'The other side does not speak CURVE.');
    this.reason = reason;
  }
}

/** The server's side; it admits one client's key and nobody else. */
export function curveServer(keys: KeyPair, admitted: Uint8Array): CurveMechanism {
  const mine = createKeys();
  // The cookie lets a server forget a client between two commands; this one keeps a connection anyway and only compares it.
  const cookie = randomBytes(COOKIE_BYTES);
  let theirs: Buffer | undefined;
  let last = 0;

  const hello = (command: Buffer): { reply: Buffer } => {
    const [clientKey, short, box] = split(command, HELLO, [PADDING_BYTES, KEY_BYTES, SHORT]).slice(1) as Buffer[];
    const signed = opened(box, nonceOf('CurveZMQHELLO---', short as Buffer), clientKey as Buffer, keys.secretKey);
    if (!signed.equals(SIGNED_ZEROS)) throw new HandshakeRefused('protocol');
    theirs = Buffer.from(clientKey as Buffer);
    last = numberIn(short as Buffer, last);
    const nonce = randomBytes(LONG);
    const welcome = Buffer.concat([mine.publicKey, cookie]);
    return {
      reply: Buffer.concat([
        WELCOME,
        nonce,
        seal(welcome, nonceOf('WELCOME-', nonce), clientKey as Buffer, keys.secretKey),
      ]),
    };
  };

  const initiate = (command: Buffer, clientKey: Buffer): { reply: Buffer; session: CurveSession } => {
    const [returned, short, box] = split(command, INITIATE, [COOKIE_BYTES, SHORT]) as [Buffer, Buffer, Buffer];
    if (!equal(returned, cookie)) throw new HandshakeRefused('protocol');
    last = numberIn(short, last);
    const plain = opened(box, nonceOf('CurveZMQINITIATE', short), clientKey, mine.secretKey);
    const [identity, nonce, vouch] = cut(plain, [KEY_BYTES, LONG, VOUCH_BYTES - LONG]) as [Buffer, Buffer, Buffer];
    const vouched = opened(vouch, nonceOf('VOUCH---', nonce), identity, mine.secretKey);
    const expected = Buffer.concat([clientKey, keys.publicKey]);
    if (!equal(vouched, expected) || !equal(identity, admitted)) throw new HandshakeRefused('key');
    const key = sharedKey(clientKey, mine.secretKey);
    const number = numbered(1);
    const box2 = seal(METADATA, nonceOf('CurveZMQREADY---', number), clientKey, mine.secretKey);
    mine.secretKey.fill(0);
    return { reply: Buffer.concat([READY, number, box2]), session: new CurveSession('server', key, 1, last) };
  };

  return {
    asServer: true,
    first: undefined,
    take(command) {
      if (theirs !== undefined && startsWith(command, INITIATE, INITIATE_LEAST)) return initiate(command, theirs);
      if (theirs === undefined && command.length === HELLO_BYTES && startsWith(command, HELLO)) return hello(command);
      throw new HandshakeRefused('protocol');
    },
  };
}

/** The client's side; it speaks with the server of that key and nobody else. */
export function curveClient({ serverPublicKey, publicKey, secretKey }: CurveKeys): CurveMechanism {
  const mine = createKeys();
  let theirs: Buffer | undefined;

  const welcome = (command: Buffer): { reply: Buffer } => {
    const [nonce, box] = split(command, WELCOME, [LONG]) as [Buffer, Buffer];
    const plain = opened(box, nonceOf('WELCOME-', nonce), serverPublicKey, mine.secretKey);
    const [serverKey, cookie] = cut(plain, [KEY_BYTES, COOKIE_BYTES]) as [Buffer, Buffer];
    theirs = serverKey;
    const vouchNonce = randomBytes(LONG);
    const both = Buffer.concat([mine.publicKey, serverPublicKey]);
    const vouch = seal(both, nonceOf('VOUCH---', vouchNonce), serverKey, secretKey);
    const number = numbered(2);
    const told = Buffer.concat([publicKey, vouchNonce, vouch, METADATA]);
    const box2 = seal(told, nonceOf('CurveZMQINITIATE', number), serverKey, mine.secretKey);
    return { reply: Buffer.concat([INITIATE, cookie, number, box2]) };
  };

  const ready = (command: Buffer, serverKey: Buffer): { session: CurveSession } => {
    const [number, box] = split(command, READY, [SHORT]) as [Buffer, Buffer];
    opened(box, nonceOf('CurveZMQREADY---', number), serverKey, mine.secretKey);
    const key = sharedKey(serverKey, mine.secretKey);
    mine.secretKey.fill(0);
    return { session: new CurveSession('client', key, 2, numberIn(number, 0)) };
  };

  const number = numbered(1);
  const box = seal(SIGNED_ZEROS, nonceOf('CurveZMQHELLO---', number), serverPublicKey, mine.secretKey);
  return {
    asServer: false,
    first: Buffer.concat([HELLO, Buffer.alloc(PADDING_BYTES), mine.publicKey, number, box]),
    take(command) {
      if (theirs === undefined && command.length === WELCOME_BYTES && startsWith(command, WELCOME)) {
        return welcome(command);
      }
      if (theirs !== undefined && startsWith(command, READY, READY.length + SHORT + MAC_BYTES)) {
        return ready(command, theirs);
      }
      throw new HandshakeRefused('protocol');
    },
  };
}

function startsWith(command: Buffer, name: Buffer, least: number = name.length): boolean {
  return command.length >= least && command.subarray(0, name.length).equals(name);
}

/** The parts of a command behind its name, and what is left. */
function split(command: Buffer, name: Buffer, lengths: readonly number[]): Buffer[] {
  return cut(command.subarray(name.length), [...lengths, command.length]);
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  let at = 0;
  return lengths.map((length) => {
    const part = bytes.subarray(at, at + length);
    at += length;
    return part;
  });
}

function opened(box: Buffer | undefined, nonce: Buffer, publicKey: Uint8Array, secretKey: Uint8Array): Buffer {
  const message = box === undefined ? undefined : open(box, nonce, publicKey, secretKey);
  // A box that does not open was made by, or for, another key.
  if (message === undefined) throw new HandshakeRefused('key');
  return message;
}

function numbered(number: number): Buffer {
  const bytes = Buffer.alloc(SHORT);
  bytes.writeUInt32BE(number, 4);
  return bytes;
}

/** A number that must be above the last one. */
function numberIn(bytes: Buffer, last: number): number {
  const number = Number(bytes.readBigUInt64BE());
  if (number <= last || number > Number.MAX_SAFE_INTEGER) throw new HandshakeRefused('protocol');
  return number;
}
