import { AicoError, contains, nearestName, overlaps, type Permission, parsePattern, TOPICS } from '@aico/schemas';
import { patternOf } from './manifest-check.ts';

/** A call on the bus whose topic stands in the code. */
export interface UsedTopic {
  readonly verb: Permission['verb'];
  readonly topic: string;
  /** `src/index.ts:3:5` */
  readonly place: string;
}

/** The verb that each call needs. */
const VERBS: Readonly<Record<string, UsedTopic['verb']>> = {
  publish: 'publish',
  subscribe: 'subscribe',
  subscribePattern: 'subscribe',
  consume: 'subscribe',
  request: 'request',
  stream: 'request',
  serve: 'serve',
  serveStream: 'serve',
};
const CALL = new RegExp(`\\bbus\\s*\\.\\s*(${Object.keys(VERBS).join('|')})\\s*\\(\\s*(['"\`])([a-z0-9.*>-]+)\\2`, 'g');

/** Texts, in which nothing is a comment, and comments. */
const TEXT_OR_COMMENT = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[\s\S]*?\*\//g;

/** The calls on the bus that a source makes with a topic written out; others show when they run. */
export function findUsedTopics(file: string, source: string): UsedTopic[] {
  return [...withoutComments(source).matchAll(CALL)].map(({ 1: call = '', 3: topic = '', index }) => {
    const before = source.slice(0, index).split('\n');
    const place = `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    return { verb: VERBS[call] ?? 'request', topic, place };
  });
}

/** What is commented out does nothing; everything else stays where it is. */
function withoutComments(source: string): string {
  return source.replaceAll(TEXT_OR_COMMENT, (found, text?: string) => text ?? found.replaceAll(/./g, ' '));
}

/** The calls that would be refused, as the permissions are: no permission opens a topic that there is not. */
export function findMissingPermissions(used: readonly UsedTopic[], permissions: readonly Permission[]): AicoError[] {
  return used.flatMap(({ verb, topic, place }) => {
    const needed = patternOf(topic);
    // What has not even the form of a topic is for the types to tell.
    if (needed === undefined) return [];
    if (!TOPICS.some((each) => overlaps(parsePattern(each.topic), needed))) {
      const nearest = nearestName(
        topic,
        TOPICS.map((each) => each.topic),
      );
      const details = { place, topic, nearest: nearest ?? 'none' };
      return [new AicoError('AUTHOR_TOPIC_UNKNOWN', { subject: topic, details })];
    }
    if (permissions.some((each) => each.verb === verb && contains(parsePattern(each.topic), needed))) return [];
    return [new AicoError('AUTHOR_PERMISSION_MISSING', { subject: topic, details: { place, verb, topic } })];
  });
}
