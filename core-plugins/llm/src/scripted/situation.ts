import type { Recalled } from '@aico/sdk';
import type { Prompt } from '../model-server.ts';
import { ownNameIn } from './facts.ts';
import { isQuestion, plain, sentencesOf, topicsOf } from './text.ts';

/** A sentence that the user said before. */
export interface Recollection {
  readonly sentence: string;
  readonly topics: ReadonlySet<string>;
  /** When; undefined for earlier in this conversation. */
  readonly when: string | undefined;
}

/** All that the companion goes by. */
export interface Situation {
  /** What the user says now, on one line. */
  readonly said: string;
  readonly sentences: readonly string[];
  readonly topics: ReadonlySet<string>;
  /** What the user said before, the likeliest first, without their questions. */
  readonly recollections: readonly Recollection[];
  /** Whether what is said now will be remembered. */
  readonly remembers: boolean;
  /** The user's name, when they told it. */
  readonly name: string | undefined;
}

/** Reads a prompt. */
export function situationOf({ messages, recalled }: Prompt): Situation {
  const spoken = messages.filter(({ role }) => role === 'user').map(({ text }) => text);
  const said = plain(spoken.at(-1) ?? '');
  const earlier = spoken.slice(0, -1).reverse();
  return {
    said,
    sentences: sentencesOf(said),
    topics: topicsOf(said),
    recollections: recollect(recalled ?? [], earlier, said),
    remembers: recalled !== undefined,
    name: [said, ...earlier, ...(recalled ?? []).map(({ text }) => text)].map(ownNameIn).find(Boolean),
  };
}

function recollect(recalled: readonly Recalled[], earlier: readonly string[], said: string): Recollection[] {
  const known = new Map<string, Recollection>();
  const add = (text: string, when: string | undefined): void => {
    if (plain(text) === said) return;
    for (const sentence of sentencesOf(text)) {
      const topics = topicsOf(sentence);
      // A greeting is nothing to come back to.
      if (topics.size === 0 || isQuestion(sentence) || known.has(sentence.toLowerCase())) continue;
      known.set(sentence.toLowerCase(), { sentence, topics, when });
    }
  };
  for (const { text, when } of recalled) add(text, when);
  for (const text of earlier) add(text, undefined);
  return [...known.values()];
}
