import { AicoError, contains, type Permission, parsePattern } from '@aico/schemas';
import { patternOf } from './manifest-check.ts';

/** A call on the bus whose topic stands in the code. */
export interface UsedTopic {
  readonly verb: Permission['verb'];
  readonly topic: string;
  /** `src/index.ts:3:5` */
  readonly place: string;
}

const CALL = /\bbus\s*\.\s*(publish|subscribe|request|stream|serve)\s*\(\s*(['"`])([a-z0-9.*>-]+)\2/g;

/** The calls on the bus that a source makes with a topic written out; others show when they run. */
export function findUsedTopics(file: string, source: string): UsedTopic[] {
  return [...source.matchAll(CALL)].map(({ 1: call, 3: topic = '', index }) => {
    const before = source.slice(0, index).split('\n');
    const place = `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    return { verb: call === 'stream' ? 'request' : (call as UsedTopic['verb']), topic, place };
  });
}

/** The calls that would be refused, as the permissions are. */
export function findMissingPermissions(used: readonly UsedTopic[], permissions: readonly Permission[]): AicoError[] {
  return used.flatMap(({ verb, topic, place }) => {
    const needed = patternOf(topic);
    // What is no topic at all is for the types to tell.
    if (
      needed === undefined ||
      permissions.some((each) => each.verb === verb && contains(parsePattern(each.topic), needed))
    )
      return [];
    return [new AicoError('AUTHOR_PERMISSION_MISSING', { subject: topic, details: { place, verb, topic } })];
  });
}
