import type { CommandRun, PluginContext, RecordKind, ScheduleDue } from '@aico/sdk';
import { Daily, type TimeOfDay, type Wanted } from './daily.ts';
import { describeEntries, describeTime, makeDigest } from './digest.ts';
import { plain } from './markdown.ts';
import { hostOf, readFeed } from './read-feed.ts';
import { recordsOf } from './records.ts';
import { parseFeeds } from './request.ts';
import { type Followed, MAX_FEEDS, Shelf } from './shelf.ts';

const MORNING: TimeOfDay = { hour: 8, minute: 0 };

type Powers = Pick<PluginContext, 'bus' | 'fetch' | 'schedule' | 'storage'> & { readonly now: () => Date };

/** Feeds: what is typed about them, and the digest of each day. */
export class Feeds {
  readonly #powers: Powers;
  readonly #shelf: Shelf;
  readonly #daily: Daily;

  constructor(powers: Powers) {
    this.#powers = powers;
    this.#shelf = new Shelf(powers.storage);
    this.#daily = new Daily(powers.schedule);
  }

  /** What there is of it to forget and to export. */
  get records(): readonly RecordKind[] {
    return recordsOf(this.#shelf, this.#daily);
  }

  /** What `/feeds` answers, Markdown. */
  async answer(command: CommandRun, signal: AbortSignal): Promise<string> {
    const { conversation, timezone = 'UTC' } = command;
    const request = parseFeeds(command.arguments);
    switch (request.kind) {
      case 'list':
        return this.#list(timezone);
      case 'now':
        return this.#tellNow(signal);
      case 'add':
        return this.#add(request.url, { conversation, timezone }, signal);
      case 'remove':
        return this.#remove(request.number);
      case 'at':
        return this.#setDaily(request, { conversation, timezone });
      case 'off':
        return (await this.#daily.stop())
          ? 'No more digests. `/feeds at 8` brings them back, and `/feeds now` always works.'
          : 'There is no daily digest.';
      case 'unclear':
        return request.problem;
    }
  }

  /** It is time: tells what is new, and is silent when nothing is. */
  async tell({ data }: ScheduleDue, signal: AbortSignal): Promise<void> {
    const { text, isWorthTelling, keep } = await this.#digest(signal);
    const { conversation } = data as Wanted;
    if (isWorthTelling) await this.#powers.bus.request('chat.message.add.v1', { conversation, text });
    await keep();
  }

  async #tellNow(signal: AbortSignal): Promise<string> {
    const { text, keep } = await this.#digest(signal);
    await keep();
    return text;
  }

  #digest(signal: AbortSignal) {
    return makeDigest({ ...this.#powers, shelf: this.#shelf }, signal);
  }

  async #list(timezone: string): Promise<string> {
    const feeds = await this.#shelf.list();
    if (feeds.length === 0) return 'You follow no feeds. For instance: `/feeds add https://example.org/feed.xml`';
    const daily = await this.#daily.next();
    const lines = feeds.map(({ number, title, url, seenAt }) => {
      const seen = seenAt === null ? 'never seen' : `last seen ${describeTime(seenAt, timezone)}`;
      return `- **${number}** ${plain(title)} (${hostOf(url)}), ${seen}`;
    });
    const next =
      daily === undefined ? 'There is no daily digest.' : `Next digest: ${describeTime(daily.next, timezone)}.`;
    return `${lines.join('\n')}\n\n${next}`;
  }

  async #add(url: string, wanted: Wanted, signal: AbortSignal): Promise<string> {
    const feeds = await this.#shelf.list();
    const known = feeds.find((feed) => feed.url === url);
    if (known !== undefined) return `You follow that already, as number ${known.number}.`;
    if (feeds.length >= MAX_FEEDS) return `${MAX_FEEDS} feeds are as many as I read. \`/feeds remove 1\` makes room.`;
    const reading = await readFeed(this.#powers.fetch, { url, etag: null, modified: null }, signal);
    if (reading.kind !== 'feed') return `Not added: ${reading.kind === 'failed' ? reading.why : 'it has not changed'}.`;
    const { entries, title } = reading.feed;
    const now = this.#powers.now().toISOString();
    const feed = await this.#shelf.add(url, title || hostOf(url), now);
    await this.#shelf.saw(feed.number, now, reading.stamp, entries);
    const when =
      (await this.#daily.next()) === undefined
        ? await this.#setDaily(MORNING, wanted)
        : 'It comes with the next digest.';
    return `Added as number ${feed.number}. ${when}\n\n${describeEntries(feed.title, entries)}`;
  }

  async #remove(number: number): Promise<string> {
    const feeds = await this.#shelf.list();
    const feed: Followed | undefined = feeds.find((each) => each.number === number);
    if (feed === undefined) return `There is no feed ${number}.`;
    await this.#shelf.remove(number);
    if (feeds.length === 1) await this.#daily.stop();
    return `Removed: ${plain(feed.title)}`;
  }

  async #setDaily(time: TimeOfDay, wanted: Wanted): Promise<string> {
    await this.#daily.set(time, wanted);
    return `A digest comes into this talk every day at ${time.hour}:${String(time.minute).padStart(2, '0')}.`;
  }
}
