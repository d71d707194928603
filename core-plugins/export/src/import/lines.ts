const NEWLINE = 0x0a;
/** A message of the longest kind, every character of it escaped, is shorter. */
const MOST_LINE_BYTES = 4 * 1024 * 1024;

/** A line, or why it cannot be read. */
export interface Line {
  readonly number: number;
  readonly text?: string;
  readonly problem?: string;
}

/** Cuts bytes that come in pieces into lines. One that is too long is told and passed over, not held. */
export class Lines {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #held: Uint8Array[] = [];
  #bytes = 0;
  #number = 1;

  /** Lines that are complete with this piece. */
  *push(piece: Uint8Array): Generator<Line> {
    for (let from = 0; ; ) {
      const end = piece.indexOf(NEWLINE, from);
      this.#hold(piece.subarray(from, end === -1 ? undefined : end));
      if (end === -1) return;
      yield this.#take();
      from = end + 1;
    }
  }

  /** What is left behind the last line: it was cut off there. */
  *end(): Generator<Line> {
    if (this.#bytes > 0) yield { number: this.#number, problem: 'it is cut off' };
  }

  #hold(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_LINE_BYTES) this.#held = [];
    else this.#held.push(bytes.slice());
  }

  #take(): Line {
    const number = this.#number;
    const isTooLong = this.#bytes > MOST_LINE_BYTES;
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#bytes = 0;
    this.#number += 1;
    if (isTooLong) return { number, problem: 'it is longer than any record' };
    try {
      return { number, text: this.#decoder.decode(bytes) };
    } catch {
      return { number, problem: 'it is no text in UTF-8' };
    }
  }
}
