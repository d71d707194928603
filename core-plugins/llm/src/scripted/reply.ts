import type { Prompt } from '../model-server.ts';
import { answerAll, answerFromMemory, answerOwnName } from './recall-rules.ts';
import { type Situation, situationOf } from './situation.ts';
import {
  admitLimits,
  answerAboutItself,
  answerCourtesy,
  answerFeeling,
  answerGreeting,
  answerNews,
  listen,
} from './talk-rules.ts';

/** The first rule that has something to say, says it. */
const RULES: readonly ((situation: Situation) => string | undefined)[] = [
  answerOwnName,
  answerAll,
  answerFromMemory,
  answerAboutItself,
  answerCourtesy,
  answerNews,
  answerFeeling,
  answerGreeting,
  admitLimits,
];

/** The scripted companion's reply: the same for the same prompt. */
export function replyTo(prompt: Prompt): string {
  const situation = situationOf(prompt);
  for (const rule of RULES) {
    const reply = rule(situation);
    if (reply !== undefined) return reply;
  }
  return listen(situation);
}
