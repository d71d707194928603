/** Topics of one publisher that are told apart. */
const TOPICS_KEPT = 256;

interface Published {
  readonly topic: string;
  messages: number;
  bytes: number;
}

/**
 * What one peer published since it was last looked at, by topic. This is all that counting costs a publish: who received
 * it is worked out when somebody asks, or when who listens is about to change.
 */
export class PublishedCounts {
  readonly #topics = new Map<string, Published>();
  readonly #others: Published = { topic: '', messages: 0, bytes: 0 };

  add(topic: string, bytes: number): void {
    const published = this.#topics.get(topic) ?? this.#begin(topic);
    published.messages += 1;
    published.bytes += bytes;
  }

  /** Hands over what was counted, and begins again; `topic` is empty for those that are not told apart. */
  take(use: (topic: string, messages: number, bytes: number) => void): void {
    for (const published of [...this.#topics.values(), this.#others]) {
      if (published.messages === 0) continue;
      const { topic, messages, bytes } = published;
      published.messages = 0;
      published.bytes = 0;
      use(topic, messages, bytes);
    }
  }

  #begin(topic: string): Published {
    if (this.#topics.size >= TOPICS_KEPT) return this.#others;
    const published = { topic, messages: 0, bytes: 0 };
    this.#topics.set(topic, published);
    return published;
  }
}
