import type ts from 'typescript';
import { compile, exportsOf, pathOf, placed } from './declarations.ts';
import { checkOf, type Fit, unfit } from './fits.ts';
import { placesOf } from './places.ts';

/** Contracts as they are declared, with the version of each: the first word of its topics. */
export interface Contracts {
  readonly versions: Readonly<Record<string, string>>;
  readonly declared: string;
}

type Parts = ReadonlyMap<string, ts.Symbol>;

/**
 * What a plugin that asks and listens would have to change, by topic, in contracts whose major version is still the same. It sees
 * types: which properties there are, which are required, which values are listed; not how long a text or how large a number may be.
 */
export function contractBreaks(before: Contracts, after: Contracts): readonly string[] {
  const sides = new Map([...placed('before', asModule(before)), ...placed('after', asModule(after))]);
  const named = compile(sides);
  const now = topicsOf(named, 'after');
  const judged = [...topicsOf(named, 'before')].filter(([topic]) => !hasMoved(topic, before, after));
  const fits = [...judged.flatMap(([topic, parts]) => fitsOf(topic, parts, now.get(topic))), ERRORS_STAY];
  const program = compile(new Map([...sides, [pathOf('check', 'contracts', 'ts'), checkOf('contracts', fits)]]));
  return [
    ...judged.flatMap(([topic, parts]) => goneFrom(named.getTypeChecker(), topic, parts, now.get(topic))),
    ...unfit(program, 'contracts', fits),
  ];
}

/** Plugins tell errors apart by their codes. */
const ERRORS_STAY: Fit = { of: 'ErrorCode', given: 'Before.ErrorCode', wanted: 'After.ErrorCode' };

function asModule({ declared }: Contracts): ReadonlyMap<string, string> {
  return new Map([['contracts', declared]]);
}

function hasMoved(topic: string, before: Contracts, after: Contracts): boolean {
  const [contract = ''] = topic.split('.');
  const major = ({ versions }: Contracts): string | undefined => versions[contract]?.split('.')[0];
  return major(after) !== major(before);
}

/** The parts of each topic's contract: kind, delivery, payload, reply, chunk. */
function topicsOf(program: ts.Program, side: string): ReadonlyMap<string, Parts> {
  const checker = program.getTypeChecker();
  const map = exportsOf(program, pathOf(side, 'contracts')).get('TopicMap');
  const topics = map ? checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(map)) : [];
  const partsOf = (topic: ts.Symbol): Parts =>
    new Map(checker.getPropertiesOfType(checker.getTypeOfSymbol(topic)).map((part) => [part.name, part]));
  return new Map(topics.map((topic) => [topic.name, partsOf(topic)]));
}

function fitsOf(topic: string, parts: Parts, now: Parts | undefined): readonly Fit[] {
  return [...parts.keys()].flatMap((part): Fit[] => {
    if (!now?.has(part)) return [];
    const of = `${topic} > ${part}`;
    const before = `Before.TopicMap['${topic}']['${part}']`;
    const after = `After.TopicMap['${topic}']['${part}']`;
    const isSent = part === 'payload';
    const isEvent = !parts.has('reply');
    const read = { of, given: after, wanted: before };
    const sent = { of, given: before, wanted: after };
    if (!isSent) return [read];
    // Only the kernel publishes what is its own; the other events are published and read by plugins.
    if (isEvent) return topic.startsWith('kernel.') ? [read] : [read, sent];
    return [sent];
  });
}

function goneFrom(checker: ts.TypeChecker, topic: string, parts: Parts, now: Parts | undefined): readonly string[] {
  if (now === undefined) return [`${topic} is gone`];
  return [...parts].flatMap(([part, symbol]) => {
    const path = `${topic} > ${part}`;
    const left = now.get(part);
    if (left === undefined) return [`${path} is gone`];
    const kept = placesOf(checker, path, checker.getTypeOfSymbol(left), 'named');
    const places = placesOf(checker, path, checker.getTypeOfSymbol(symbol), 'named');
    return [...places].filter((place) => !kept.has(place)).map((place) => `${place} is gone`);
  });
}
