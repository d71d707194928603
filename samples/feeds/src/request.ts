/** What somebody who types `/feeds …` wants. */
export type FeedsRequest =
  | { readonly kind: 'list' }
  | { readonly kind: 'now' }
  | { readonly kind: 'off' }
  | { readonly kind: 'add'; readonly url: string }
  | { readonly kind: 'remove'; readonly number: number }
  | { readonly kind: 'at'; readonly hour: number; readonly minute: number }
  | { readonly kind: 'unclear'; readonly problem: string };

const MAX_URL = 500;
/** Without a name and password in it, and of characters that an address may hold. */
const ADDRESS = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?([/?][^\s\\"<>`]*)?$/i;
const EXAMPLES =
  'I know `/feeds add https://example.org/feed.xml`, `/feeds remove 1`, `/feeds now`, `/feeds at 7:30` and `/feeds off`.';

export function parseFeeds(typed: string): FeedsRequest {
  const [word = '', rest = '', ...more] = typed.trim().split(/\s+/);
  if (more.length > 0) return unclear('That was more than I understand.');
  switch (word.toLowerCase()) {
    case '':
    case 'list':
      return { kind: 'list' };
    case 'now':
    case 'off':
      return { kind: word.toLowerCase() as 'now' | 'off' };
    case 'add': {
      const url = /^https?:\/\//i.test(rest) ? rest : `https://${rest}`;
      const isAddress = url.length <= MAX_URL && ADDRESS.test(url);
      return isAddress ? { kind: 'add', url } : unclear('That is not the address of a feed.');
    }
    case 'remove':
      return /^\d{1,3}$/.test(rest) ? { kind: 'remove', number: Number(rest) } : unclear('Which one? Say its number.');
    case 'at': {
      const [, hour = '99', minute = '0'] = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(rest) ?? [];
      if (Number(hour) > 23 || Number(minute) > 59) return unclear('That is no time of day.');
      return { kind: 'at', hour: Number(hour), minute: Number(minute) };
    }
    default:
      return unclear(`I do not know "${word.slice(0, 20)}".`);
  }
}

function unclear(problem: string): FeedsRequest {
  return { kind: 'unclear', problem: `${problem} ${EXAMPLES}` };
}
