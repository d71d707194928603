import type { EventLog } from './event-log.ts';

interface Counted {
  next: number;
  readonly topics: Map<string, number>;
}

/** How many events of each topic are kept; counted when somebody asks, each event once. */
export class TopicCounts {
  readonly #events: EventLog;
  readonly #segments = new Map<number, Counted>();
  #counting: Promise<void> | undefined;

  constructor(events: EventLog) {
    this.#events = events;
  }

  /** To be called when events were taken out. */
  reset(): void {
    this.#segments.clear();
  }

  async count(): Promise<ReadonlyMap<string, number>> {
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    await this.#counting;
    const sum = new Map<string, number>();
    for (const { topics } of this.#segments.values()) {
      for (const [topic, events] of topics) sum.set(topic, (sum.get(topic) ?? 0) + events);
    }
    return sum;
  }

  async #count(): Promise<void> {
    const { segments } = this.#events.log;
    const ids = new Set(segments.map(({ id }) => id));
    for (const id of this.#segments.keys()) if (!ids.has(id)) this.#segments.delete(id);
    for (const { id, first, last } of segments) {
      const counted = this.#segments.get(id) ?? { next: first, topics: new Map() };
      this.#segments.set(id, counted);
      while (counted.next <= last) {
        const stretch = await this.#events.read(counted.next);
        if (stretch === undefined) return;
        for (const { topic, sequence, isForgotten } of stretch.events) {
          if (!isForgotten && sequence >= counted.next && sequence <= last)
            counted.topics.set(topic, (counted.topics.get(topic) ?? 0) + 1);
        }
        counted.next = Math.min(stretch.next, last + 1);
      }
    }
  }
}
