import { isSeveral, type Naming, namingIn } from './facts.ts';
import type { Recollection, Situation } from './situation.ts';
import { capitalised, dayOf, quote, stemOf } from './text.ts';

const ASKS_FACT =
  /^(?:(?:and|but|so|hey|hi|hello|well|aico)[, ]+)*(?:what|what's|who|who's|whose|where|where's|when|when's|which|how (?:old|many|much|long|often))\b.*\b(?:i|my|we|our)\b/i;
const ASKS_ADVICE = /\b(?:should|shall|can|could|must|might) (?:i|we)\b/i;
const ASKS_MEMORY =
  /\b(?:do|can|did|don't|didn't) you (?:still )?(?:remember|recall|know)\b|\byou remember\b|\bdid i (?:ever )?(?:tell|say|mention)|\bhave i (?:ever )?(?:told|said|mentioned)|\bwhat (?:did|have) i (?:tell|told|say|said)|\bremind me\b/i;
const ASKS_ALL =
  /\bwhat (?:do|can) you (?:know|remember|recall)(?: about me| of me)?\s*\??$|\bwhat have i told you\s*\??$|\bdo you remember me\b|\btell me (?:what you know )?about myself\b/i;
const ASKS_NAME =
  /\bwhat(?:'s| is| was) my name\b|\bwho am i\b|\b(?:know|remember|recall|tell me) my name\b|\bwhat am i called\b/i;
const MAX_LISTED = 4;

/** "What is my name?" */
export function answerOwnName({ said, name, remembers }: Situation): string | undefined {
  if (!ASKS_NAME.test(said)) return undefined;
  if (name !== undefined) return `Your name is ${name}.`;
  return `You have not told me your name yet.${remembers ? ' Tell me, and I will remember it.' : ''}`;
}

/** "What do you know about me?" */
export function answerAll({ said, recollections }: Situation): string | undefined {
  if (!ASKS_ALL.test(said)) return undefined;
  if (recollections.length === 0) return 'Nothing comes to my mind yet. Tell me something about yourself?';
  const lines = recollections.slice(0, MAX_LISTED).map((one) => `- ${quote(one.sentence)} (${sayWhen(one)})`);
  return `This is what comes to my mind:\n\n${lines.join('\n')}`;
}

/** "What is my cat called?", "Do you remember where I live?" */
export function answerFromMemory(situation: Situation): string | undefined {
  const { said, sentences, recollections } = situation;
  const asks = ASKS_MEMORY.test(said) || (sentences.some((one) => ASKS_FACT.test(one)) && !ASKS_ADVICE.test(said));
  if (!asks) return undefined;
  const known = tellRelated(situation);
  if (known !== undefined) return known;
  const nearest = recollections.find(({ when }) => when !== undefined);
  if (nearest !== undefined) {
    return `I am not sure. The nearest that comes to my mind, from what you told me ${sayWhen(nearest)}: ${quote(nearest.sentence)}`;
  }
  return `I don't think that you have told me that yet.${situation.remembers ? ' Tell me, and I will remember it.' : ''}`;
}

/** What the user said before about what they speak of now. */
export function tellRelated({ recollections, topics }: Situation): string | undefined {
  const [best, second] = rank(recollections, topics);
  if (best === undefined) return undefined;
  const first = tell(best.one, topics);
  if (second === undefined || second.overlap < best.overlap) return first;
  return `${first}\n\n${capitalised(sayWhen(second.one))} you also said: ${quote(second.one.sentence)}`;
}

interface Ranked {
  readonly one: Recollection;
  readonly overlap: number;
}

function rank(recollections: readonly Recollection[], topics: ReadonlySet<string>): Ranked[] {
  return recollections
    .map((one) => ({ one, overlap: [...topics].filter((topic) => one.topics.has(topic)).length }))
    .filter(({ overlap }) => overlap > 0)
    .sort((left, right) => right.overlap - left.overlap);
}

function tell(one: Recollection, topics: ReadonlySet<string>): string {
  const naming = namingIn(one.sentence);
  const source = `You told me ${sayWhen(one)}: ${quote(one.sentence)}`;
  if (naming === undefined || !asksFor(naming, topics)) return source;
  const { thing, name } = naming;
  return `Your ${thing} ${isSeveral(name) ? 'are' : 'is'} called ${name}. ${source}`;
}

function asksFor({ thing }: Naming, topics: ReadonlySet<string>): boolean {
  return thing.split(' ').some((word) => topics.has(stemOf(word)));
}

function sayWhen({ when }: Recollection): string {
  return when === undefined ? 'earlier in this conversation' : `on ${dayOf(when)}`;
}
