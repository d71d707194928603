/** What a screen reader is told: one sentence at a time, never a running reply. */
export class Announcer {
  #text = $state('');

  get text(): string {
    return this.#text;
  }

  say(text: string): void {
    // The same sentence twice would be no change to a live region: an invisible space makes it one.
    this.#text = text === this.#text ? `${text}\u00a0` : text;
  }

  clear(): void {
    this.#text = '';
  }
}
