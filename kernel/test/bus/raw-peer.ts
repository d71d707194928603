import { Buffer } from 'node:buffer';
import type { Link, PeerCredentials } from '@aico/kernel';
import { RecordKind } from '@aico/schemas';
import { decodeFrame, encodeFrame, encodeRecord, type RecordFields } from '@aico/schemas/wire';
import { Dealer } from 'zeromq';

export interface RawRecord {
  readonly kind: number;
  readonly correlation: number;
  readonly sequence: number;
  readonly topic: string;
  readonly header: Record<string, unknown>;
  readonly data: unknown;
}

type Fields = Omit<RecordFields, 'payload' | 'kind'> & { readonly kind: number; readonly data?: unknown };

/** A peer that speaks the wire form by hand, as a hostile one would. */
export class RawPeer {
  readonly #send: (frame: Uint8Array) => Promise<void>;
  readonly #received: RawRecord[] = [];
  #wake: (() => void) | undefined;

  constructor(send: (frame: Uint8Array) => Promise<void>) {
    this.#send = send;
  }

  static overLink(link: Link): RawPeer {
    const peer = new RawPeer((frame) => link.send(frame));
    link.receive((frame) => peer.take(frame));
    return peer;
  }

  static overZeromq({ address, serverPublicKey, publicKey, secretKey }: PeerCredentials): [RawPeer, () => void] {
    const socket = new Dealer({
      linger: 0,
      reconnectInterval: 10,
      curveServerKey: serverPublicKey,
      curvePublicKey: publicKey,
      curveSecretKey: secretKey,
    });
    socket.connect(address);
    let last: Promise<void> = Promise.resolve();
    const peer = new RawPeer((frame) => {
      last = last.then(() => socket.send(frame));
      return last;
    });
    void (async () => {
      for await (const [frame] of socket) if (frame !== undefined) peer.take(frame);
    })();
    return [peer, () => socket.close()];
  }

  take(frame: Uint8Array): void {
    for (const record of decodeFrame(frame)) {
      const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
      const { kind, correlation, sequence, topic } = record;
      const header = record.header.length === 0 ? {} : JSON.parse(text(record.header));
      const data = record.payload.length === 0 ? undefined : JSON.parse(text(record.payload));
      this.#received.push({ kind, correlation, sequence, topic, header, data });
    }
    this.#wake?.();
  }

  sendFrame(frame: Uint8Array): Promise<void> {
    return this.#send(frame);
  }

  /** Sends records in one frame. */
  send(...records: readonly Fields[]): Promise<void> {
    const encoded = records.map(({ data, kind, ...rest }) =>
      encodeRecord({
        ...rest,
        kind: kind as RecordFields['kind'],
        ...(data === undefined ? {} : { payload: Buffer.from(JSON.stringify(data)) }),
      }),
    );
    return this.#send(encodeFrame(encoded));
  }

  /** The next record of a kind; others stay. */
  async next(kind: number): Promise<RawRecord> {
    for (;;) {
      const at = this.#received.findIndex((record) => record.kind === kind);
      if (at >= 0) return this.#received.splice(at, 1)[0] as RawRecord;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Records of a kind that have come so far. */
  seen(kind: number): readonly RawRecord[] {
    return this.#received.filter((record) => record.kind === kind);
  }

  async subscribe(pattern: string): Promise<void> {
    await this.send({ kind: RecordKind.subscribe, correlation: 1, topic: pattern });
    await this.next(RecordKind.confirm);
  }

  async serve(topic: string): Promise<void> {
    await this.send({ kind: RecordKind.serve, correlation: 1, topic });
    await this.next(RecordKind.confirm);
  }
}
