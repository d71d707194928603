import { capitalised, plain } from './text.ts';

/** What something of the user's is called. */
export interface Naming {
  /** E.g. `cat`, as the user says it. */
  readonly thing: string;
  readonly name: string;
}

// A name is a row of capitalised words; failing that, one word.
const NAME = String.raw`(?<name>\p{Lu}[\p{L}\d'-]*(?:(?:,| and| &)? (?!I\b)\p{Lu}[\p{L}\d'-]*)*|[\p{L}][\p{L}\d'-]*)`;
const THING = String.raw`(?<thing>(?:[\p{L}-]+ ){0,2}[\p{L}-]+)`;
const CALLED = '(?:called|named)';

const NAMINGS = [
  String.raw`\b[Mm]y ${THING} (?:is|are|was) ${CALLED} ${NAME}`,
  String.raw`\b[Mm]y ${THING}(?:'s|s') names? (?:is|are|was) ${NAME}`,
  String.raw`\b[Tt]he names? of my ${THING} (?:is|are|was) ${NAME}`,
  String.raw`\b(?:I|[Ww]e)(?:'ve| have| have got|'ve got| got| had) (?:an?|two|three|four) ${THING} ${CALLED} ${NAME}`,
].map((pattern) => new RegExp(pattern, 'u'));

const OWN_NAMES = [
  /\b[Mm]y name(?: is|'s) (?<name>\p{L}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)?)/u,
  /\b[Ii](?: am|'m) (?:called|named) (?<name>\p{L}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*)?)/u,
  /\b[Cc]all me (?<name>\p{Lu}[\p{L}'-]*)/u,
  /^(?:[Hh]i|[Hh]ello|[Hh]ey)[,!. ]+(?:[Ii]'m|[Ii] am|[Tt]his is) (?<name>\p{Lu}[\p{L}'-]*)/u,
];

/** What a sentence says something of the user's is called. */
export function namingIn(sentence: string): Naming | undefined {
  const text = plain(sentence);
  for (const pattern of NAMINGS) {
    const { thing, name } = pattern.exec(text)?.groups ?? {};
    if (thing !== undefined && name !== undefined) return { thing: thing.toLowerCase(), name: capitalised(name) };
  }
  return undefined;
}

/** Whether a name is a row of names. */
export function isSeveral(name: string): boolean {
  return / and |, | & /.test(name);
}

/** The user's own name, when a text tells it. */
export function ownNameIn(text: string): string | undefined {
  const line = plain(text);
  for (const pattern of OWN_NAMES) {
    const name = pattern.exec(line)?.groups?.['name'];
    if (name !== undefined && !/^(?:not|a|the|what|is|it)$/i.test(name)) return capitalised(name);
  }
  return undefined;
}

/** Whether a sentence tells something about the user that is worth keeping. */
export function tellsOfUser(sentence: string): boolean {
  return /\b(?:my|our)\b|\b(?:i|we)(?:'m|'ve|'d| am| was| have| had| like| love| hate| enjoy| live| work| study| play| prefer| need| want| moved| grew| come| speak| got| will)\b/i.test(
    plain(sentence),
  );
}
