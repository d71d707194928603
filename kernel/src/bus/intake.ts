import { AicoError, RecordKind } from '@aico/schemas';
import { FrameReader, type WireRecord } from '@aico/schemas/wire';
import type { Clock } from '../contracts/clock.ts';
import type { Peer } from './peer.ts';

/** What a peer waits at most for one frame, beside the pauses between its slices. */
const MAX_PAUSE_MS = 1_000;
/** Publishes that are taken of a frame before others have their turn. */
const PUBLISHES_AT_ONCE = 256;
/** As many publishes as any other record counts for: it is answered, and may be refused. */
const OTHER_COUNTS_FOR = 16;

export interface IntakeOptions {
  readonly clock: Clock;
  /** Takes the event that the reader stands at. */
  readonly publish: (peer: Peer, reader: FrameReader, now: number) => void;
  /** Takes any other record. */
  readonly take: (peer: Peer, record: WireRecord, now: number) => void;
  readonly onMalformed: (peer: Peer, error: AicoError) => void;
}

/** Reads what peers send, in slices: others wait for no more than a slice of what one has sent. */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /**
   * Takes what a peer sent; a promise lasts as long as the peer has to wait until more is taken.
   * @param isHeard whether what the peer says still counts
   */
  frame(peer: Peer, frame: Uint8Array, isHeard: () => boolean): Promise<void> | undefined {
    let reader: FrameReader;
    try {
      reader = new FrameReader(frame);
    } catch (error) {
      const details = { problem: error instanceof Error ? error.message : 'unreadable' };
      this.#options.onMalformed(peer, new AicoError('KERNEL_FRAME_MALFORMED', { subject: peer.id, details }));
      return undefined;
    }
    this.#slice(peer, reader);
    const owedMs = peer.timeOwed.takePause(MAX_PAUSE_MS);
    return owedMs === 0 && !reader.hasNext ? undefined : this.#rest(peer, reader, isHeard, owedMs);
  }

  async #rest(peer: Peer, reader: FrameReader, isHeard: () => boolean, firstMs: number): Promise<void> {
    const { clock } = this.#options;
    let waitedMs = 0;
    let owedMs = firstMs;
    peer.hasToWait = true;
    do {
      if (owedMs === 0) await new Promise((resolve) => void setImmediate(resolve));
      else await new Promise<void>((resolve) => void clock.after(owedMs, resolve));
      waitedMs += owedMs;
      if (isHeard()) this.#slice(peer, reader);
      owedMs = peer.timeOwed.takePause(MAX_PAUSE_MS - waitedMs);
    } while (isHeard() && (owedMs > 0 || reader.hasNext));
    peer.hasToWait = false;
  }

  /** Takes records until their frame ends, or their sender said or broke as much as it may at a time. */
  #slice(peer: Peer, reader: FrameReader): void {
    const now = this.#options.clock.now();
    let published = -1;
    for (let taken = 0; taken < PUBLISHES_AT_ONCE && !peer.timeOwed.isPauseDue && reader.next(); ) {
      const { violations } = peer.traffic;
      if (reader.kind === RecordKind.publish) {
        this.#options.publish(peer, reader, now);
        published = reader.correlation;
        taken += 1;
      } else {
        this.#options.take(peer, reader.record(), now);
        peer.owe(reader.kind, now);
        taken += OTHER_COUNTS_FOR;
      }
      if (peer.traffic.violations > violations) peer.oweForRefused(reader.payloadLength);
      else peer.oweForTaken(reader.kind, reader.payloadLength);
    }
    // One confirmation for all publishes: refused ones were told before it.
    if (published >= 0) peer.confirm('publish', published);
  }
}
