/** A word that is asked for again and again: an answer to an earlier try tells what others have changed since. */
export class AskedWord<Word> {
  #nonce = 0;
  #asked = Promise.withResolvers<Word>();

  ask(): { readonly nonce: number; readonly word: Promise<Word> } {
    this.#nonce += 1;
    this.#asked = Promise.withResolvers();
    this.#asked.promise.catch(() => {});
    return { nonce: this.#nonce, word: this.#asked.promise };
  }

  hear(nonce: unknown, word: Word, failure: Error | undefined): void {
    if (nonce !== this.#nonce) return;
    if (failure === undefined) this.#asked.resolve(word);
    else this.#asked.reject(failure);
  }
}
