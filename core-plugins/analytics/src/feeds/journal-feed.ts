import { EVENTS } from '../tables.ts';
import type { Feed, FeedParts } from './feed.ts';

const EVENTS_A_PAGE = 5_000;

/** Events that the journal keeps: topic, time, sender and size, never what they say. */
export class JournalFeed implements Feed {
  readonly tables = [EVENTS];
  #next = 0;

  async run({ bus, engine, signal, onRead }: FeedParts): Promise<void> {
    for (let rows = 0; ; ) {
      const asked = { after: this.#next, limit: EVENTS_A_PAGE };
      const page = await bus.request('journal.event.list.v1', asked, { signal });
      if (page.last < this.#next) {
        // Another journal than before, as after a restored backup.
        await engine.replace(EVENTS, []);
        this.#next = 0;
        continue;
      }
      await engine.add(
        EVENTS,
        page.events.map(({ sequence, time, topic, sender, bytes }) => [sequence, time, topic, sender, bytes]),
      );
      this.#next = page.next;
      rows += page.events.length;
      await onRead(EVENTS.name, rows);
      if (page.more) continue;
      await engine.remove(EVENTS, 'sequence < ?', page.first);
      return;
    }
  }
}
