import { isAicoError, type RecordKind } from '@aico/sdk';
import type { Daily } from './daily.ts';
import { hostOf } from './read-feed.ts';
import { parseFeeds } from './request.ts';
import { MAX_FEEDS, type Shelf } from './shelf.ts';

const MAX_TITLE = 500;
const CONVERSATION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Feeds with what was seen of them, and the daily digest, which belongs to the talk that it goes into. */
export function recordsOf(shelf: Shelf, daily: Daily): readonly RecordKind[] {
  return [
    {
      one: 'feed',
      many: 'feeds',
      // There are 30 of them at most: all at once.
      read: async (after) => {
        const feeds = after === undefined ? await shelf.list() : [];
        return feeds.map(({ number, title, url, addedAt }) => ({
          ...{ id: String(number), when: addedAt, text: `${title} (${url})`, title, url },
        }));
      },
      remove: async (numbers) => {
        const known = (await shelf.list()).filter(({ number }) => numbers.includes(String(number)));
        for (const { number } of known) await shelf.remove(number);
        if ((await shelf.list()).length === 0) await daily.stop();
        return known.length;
      },
      add: async ({ url, title, when }, dry) => {
        const request = typeof url === 'string' ? parseFeeds(`add ${url}`) : undefined;
        if (request?.kind !== 'add' || request.url !== url) return { is: 'refused', problem: 'it has no address' };
        const feeds = await shelf.list();
        if (feeds.some((feed) => feed.url === url)) return { is: 'known' };
        if (feeds.length >= MAX_FEEDS) return { is: 'refused', problem: `there are ${MAX_FEEDS} feeds already` };
        const named = typeof title === 'string' ? title.slice(0, MAX_TITLE) : '';
        if (!dry) await shelf.add(url, named || hostOf(url), when);
        return { is: 'new' };
      },
    },
    {
      one: 'digest',
      many: 'digests',
      read: async (after) => {
        const digest = after === undefined ? await daily.next() : undefined;
        if (digest === undefined) return [];
        const { next, cron, timezone, conversation } = digest;
        return [{ id: 'daily', when: next, text: 'daily digest', conversation, cron, timezone }];
      },
      remove: async () => ((await daily.stop()) ? 1 : 0),
      add: async ({ cron, timezone, conversation = '' }, dry) => {
        const [, minute, hour] = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(String(cron)) ?? [];
        if (minute === undefined || typeof timezone !== 'string' || !CONVERSATION.test(conversation))
          return { is: 'refused', problem: 'it is no daily digest' };
        if ((await daily.next()) !== undefined) return { is: 'known' };
        try {
          if (!dry) await daily.set({ hour: Number(hour), minute: Number(minute) }, { conversation, timezone });
          return { is: 'new' };
        } catch (error) {
          if (isAicoError(error)) return { is: 'refused', problem: error.message.slice(0, 300) };
          throw error;
        }
      },
    },
  ];
}
