import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** What a feed tells of one thing. */
export interface Entry {
  /** What the feed knows it by; the same as long as it is the same. */
  readonly id: string;
  readonly title: string;
  /** http or https; undefined when the feed gives none that can be opened. */
  readonly link: string | undefined;
}

export interface Feed {
  readonly title: string;
  /** In the order of the feed. */
  readonly entries: readonly Entry[];
}

const MAX_ENTRIES = 200;
const MAX_TITLE = 160;
const MAX_ID = 300;
const MAX_LINK = 1_000;
/** Deeper than any feed, and far from where reading it would end the plugin. */
const MAX_DEPTH = 64;

/** Names that HTML has for characters and XML has not; feeds use them all the same. */
const NAMED: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&ndash;': '–',
  '&mdash;': '—',
  '&hellip;': '…',
  '&lsquo;': '‘',
  '&rsquo;': '’',
  '&ldquo;': '“',
  '&rdquo;': '”',
  '&laquo;': '«',
  '&raquo;': '»',
  '&auml;': 'ä',
  '&ouml;': 'ö',
  '&uuml;': 'ü',
  '&Auml;': 'Ä',
  '&Ouml;': 'Ö',
  '&Uuml;': 'Ü',
  '&szlig;': 'ß',
  '&eacute;': 'é',
};
const ESCAPED: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
};

/**
 * Reads RSS 2.0, RSS 1.0 and Atom; undefined for what is none of them. A feed that brings declarations of its own is refused:
 * no feed needs them, and they are how XML is made to swell.
 */
export function parseFeed(xml: string): Feed | undefined {
  if (/<!(DOCTYPE|ENTITY)\b/i.test(xml.slice(0, 4_096)) || isTooDeep(xml)) return undefined;
  const root = rootOf(xml);
  if (root === undefined) return undefined;
  const channel = root.name === 'feed' ? root : child(root, 'channel');
  if (channel === undefined) return undefined;
  const items = root.name === 'rdf:RDF' ? children(root, 'item') : children(channel, 'item', 'entry');
  return {
    title: textOf(child(channel, 'title'), MAX_TITLE),
    entries: items.slice(0, MAX_ENTRIES).flatMap((item) => readEntry(item) ?? []),
  };
}

function rootOf(xml: string): XmlElement | undefined {
  try {
    // Some servers put an empty line before the declaration.
    const { root } = parseXml(xml.trimStart(), { resolveUndefinedEntity: (entity) => NAMED[entity] ?? ' ' });
    return root instanceof XmlElement && ['rss', 'feed', 'rdf:RDF'].includes(root.name) ? root : undefined;
  } catch {
    return undefined;
  }
}

/** Counts tags as they open and close: the parser calls itself for each level. */
function isTooDeep(xml: string): boolean {
  let depth = 0;
  for (const [tag] of xml.matchAll(/<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->|<\/?[A-Za-z_][^<>]*>/g)) {
    if (tag.startsWith('<!') || tag.endsWith('/>')) continue;
    depth += tag.startsWith('</') ? -1 : 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function readEntry(item: XmlElement): Entry | undefined {
  const link = linkOf(item);
  const title = textOf(child(item, 'title'), MAX_TITLE) || textOf(child(item, 'description', 'summary'), MAX_TITLE);
  const id = (textOf(child(item, 'guid', 'id'), MAX_ID) || link || title).slice(0, MAX_ID);
  return id === '' || title === '' ? undefined : { id, title, link };
}

function linkOf(item: XmlElement): string | undefined {
  const links = children(item, 'link');
  const [atom] = links.filter(
    ({ attributes: { href, rel = 'alternate' } }) => href !== undefined && rel === 'alternate',
  );
  const address = (atom?.attributes['href'] ?? links[0]?.text ?? '').trim();
  return address.length <= MAX_LINK && /^https?:\/\/[a-z0-9]\S*$/i.test(address) ? address : undefined;
}

/** Text on one line, without the HTML that some feeds put into it. */
function textOf(element: XmlElement | undefined, length: number): string {
  const plain = (element?.text ?? '')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39|apos);/g, (name) => ESCAPED[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length > length ? `${plain.slice(0, length - 1).trimEnd()}…` : plain;
}

function child(element: XmlElement, ...names: string[]): XmlElement | undefined {
  return children(element, ...names)[0];
}

function children(element: XmlElement, ...names: string[]): XmlElement[] {
  return element.children.filter((each): each is XmlElement => each instanceof XmlElement && names.includes(each.name));
}
