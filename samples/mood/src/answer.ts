import type { ViewAsk } from '@aico/sdk';
import { findMood, MOOD_IDS, type Mood, type Worn } from './moods.ts';

const KNOWN = MOOD_IDS.map((each) => `\`/mood ${each}\``).join(', ');
const HOW = 'To see it, choose “Changes by itself” under Settings → Choose colours.';
const REFUSED: Readonly<Record<Exclude<Worn, 'worn'>, string>> = {
  tooSoon: 'One moment: colours change once every three seconds. Tell me again.',
  notAllowed: 'You do not let me change the colours. Allow it under Plugins → Mood colours.',
};

/** What `/mood` answers, Markdown. */
export async function answerMood(mood: Mood, typed: string): Promise<string> {
  if (typed.trim() === '') {
    const now = mood.now === undefined ? 'You have told no mood so far.' : `You are **${mood.now}**.`;
    return `${now} I know ${KNOWN}. ${HOW}`;
  }
  const wanted = findMood(typed);
  if (wanted === undefined) return `I have no colours for that. I know ${KNOWN}.`;
  const isFirst = mood.now === undefined;
  const worn = await mood.change(wanted);
  if (worn !== 'worn') return REFUSED[worn];
  return isFirst ? `You are **${wanted}**. ${HOW}` : `You are **${wanted}**.`;
}

/** What the view asks: which moods there are and which it is, after one was chosen. */
export async function answerView(
  mood: Mood,
  { name, data }: ViewAsk,
): Promise<{ readonly moods: readonly string[]; readonly now?: string; readonly refused?: string }> {
  let refused: string | undefined;
  if (name === 'choose') {
    const wanted = MOOD_IDS.find((each) => each === data);
    if (wanted === undefined) throw new Error('there is no such mood');
    const worn = await mood.change(wanted);
    if (worn !== 'worn') refused = REFUSED[worn];
  }
  return {
    moods: MOOD_IDS,
    ...(mood.now === undefined ? {} : { now: mood.now }),
    ...(refused === undefined ? {} : { refused }),
  };
}
