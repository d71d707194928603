import type { Fetch } from '@aico/sdk';
import { plain } from './markdown.ts';
import type { Entry } from './parse-feed.ts';
import { type Reading, readFeed } from './read-feed.ts';
import type { Followed, Shelf } from './shelf.ts';

/** Shown of each feed; the rest is counted. */
const SHOWN = 5;

/** What there is to tell, Markdown, and whether any of it is news or trouble. */
export interface Digest {
  readonly text: string;
  readonly isWorthTelling: boolean;
  /** To be called once it is told: what it holds counts as seen from then on. */
  readonly keep: () => Promise<void>;
}

/** Reads every feed, one after the other, and tells what was not seen before. */
export async function makeDigest(
  { shelf, fetch, now }: { readonly shelf: Shelf; readonly fetch: Fetch; readonly now: () => Date },
  signal?: AbortSignal,
): Promise<Digest> {
  const feeds = await shelf.list();
  if (feeds.length === 0) return { text: 'You follow no feeds.', isWorthTelling: false, keep: async () => {} };
  const parts: string[] = [];
  const quiet: string[] = [];
  const seen: (() => Promise<void>)[] = [];
  const keep = async (): Promise<void> => {
    for (const each of seen) await each();
  };
  for (const feed of feeds) {
    const reading = await readFeed(fetch, feed, signal);
    if (reading.kind === 'failed') {
      parts.push(describeFailure(feed, reading, now()));
      continue;
    }
    const entries = reading.kind === 'feed' ? reading.feed.entries : [];
    const fresh = await shelf.fresh(feed.number, entries);
    const at = now().toISOString();
    seen.push(() => shelf.saw(feed.number, at, reading.stamp, entries));
    if (fresh.length === 0) quiet.push(plain(feed.title));
    else parts.push(describeEntries(feed.title, fresh));
  }
  if (parts.length === 0) return { text: `Nothing new from ${quiet.join(', ')}.`, isWorthTelling: false, keep };
  const rest = quiet.length === 0 ? [] : [`Nothing new from ${quiet.join(', ')}.`];
  return { text: ['📰 **Your feeds**', ...parts, ...rest].join('\n\n'), isWorthTelling: true, keep };
}

/** Some entries as a list of links. */
export function describeEntries(title: string, entries: readonly Entry[]): string {
  const lines = entries.slice(0, SHOWN).map((entry) => `- ${linked(entry)}`);
  const more = entries.length > SHOWN ? [`- and ${entries.length - SHOWN} more`] : [];
  return [`**${plain(title)}**`, ...lines, ...more].join('\n');
}

/** "2026-11-25 8:05", in UTC when the zone is not known. */
export function describeTime(at: string, timezone = 'UTC'): string {
  const instant = Temporal.Instant.from(at);
  let time: Temporal.ZonedDateTime;
  try {
    time = instant.toZonedDateTimeISO(timezone);
  } catch {
    time = instant.toZonedDateTimeISO('UTC');
  }
  return `${time.toPlainDate().toString()} ${time.hour}:${String(time.minute).padStart(2, '0')}`;
}

function describeFailure(
  { title, seenAt }: Followed,
  { why }: Extract<Reading, { kind: 'failed' }>,
  now: Date,
): string {
  const last = seenAt === null ? 'never so far' : agoOf(Date.parse(seenAt), now.getTime());
  return `⚠️ **${plain(title)}**: ${why}. Last seen: ${last}.`;
}

function agoOf(then: number, now: number): string {
  const hours = Math.max(0, Math.floor((now - then) / 3_600_000));
  if (hours < 1) return 'less than an hour ago';
  if (hours < 48) return hours === 1 ? 'an hour ago' : `${hours} hours ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

function linked({ title, link }: Entry): string {
  if (link === undefined) return plain(title);
  // What would end the address early is encoded.
  const address = link.replace(/[()<>\\"`]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
  return `[${plain(title)}](${address})`;
}
