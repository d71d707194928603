import { isSeveral, type Naming, namingIn, ownNameIn, tellsOfUser } from './facts.ts';
import { tellRelated } from './recall-rules.ts';
import type { Situation } from './situation.ts';
import { choose, isQuestion } from './text.ts';

const GREETS = /^(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|hallo|moin|servus)\b/i;
const ASKS_MOOD =
  /\bhow (?:are|do) you\b(?: feel(?:ing)?| doing| today|,|\?|$)|\bhow(?:'s| is) it going\b|\bhow have you been\b/i;
const ASKS_SELF =
  /\bwho are you\b|\bwhat are you\b|\bwhat(?:'s| is) your name\b|\bare you (?:a |an )?(?:bot|robot|human|ai|real|person|computer|machine)\b|\btell me about yourself\b/i;
const ASKS_SKILLS = /\bwhat can you do\b|\bhow can you help\b|\bwhat are you (?:good )?for\b|^help\W*$/i;
const THANKS = /^(?:ok(?:ay)?[, ]+|great[, ]+)?(?:thanks|thank you|thx|cheers|many thanks)\b/i;
const LEAVES =
  /^(?:(?:ok(?:ay)?|well|alright)[, ]+)?(?:bye|goodbye|good night|see you|see ya|farewell|take care|talk to you later|i have to go|gotta go)\b/i;
const ORDERS =
  /^(?:please |can you |could you |would you |will you |i want you to |i need you to )*(?:write|tell|explain|translate|summari[sz]e|give|make|show|find|calculate|compute|help|code|list|draw|suggest|recommend|describe|compare|search|look up|play|sing|set|open|create|plan|solve|fix|check|correct|define|convert)\b/i;

/** What to say to a feeling. */
const FEELINGS: readonly (readonly [RegExp, readonly [string, ...string[]]])[] = [
  [/\bnot (?:\w+ )?(?:sad|tired|happy|good|great|well|fine)\b/i, ['I see. What is on your mind?']],
  [
    /\b(?:i'm|i am|i feel|i'm feeling|feeling) (?:\w+ )?(?:sad|down|lonely|depressed|unhappy|blue|heartbroken|hopeless)\b|\bbad day\b|\b(?:died|passed away)\b/i,
    [
      'I am sorry. Do you want to tell me about it? I am listening.',
      'That sounds hard. I am here; tell me as much as you like.',
    ],
  ],
  [
    /\b(?:i'm|i am|i feel|feeling) (?:\w+ )?(?:stressed|anxious|worried|nervous|overwhelmed|afraid|scared|angry|frustrated|annoyed)\b/i,
    [
      'That sounds like a lot. What weighs most just now?',
      'I hear you. Would it help to write down what worries you, one thing at a time?',
    ],
  ],
  [
    /\b(?:i'm|i am|i feel|feeling) (?:\w+ )?(?:tired|exhausted|sleepy|worn out|sick|ill)\b|\bcan't sleep\b/i,
    [
      'Then be kind to yourself today. Is there something that can wait until tomorrow?',
      'Rest is allowed. What has worn you out?',
    ],
  ],
  [
    /\b(?:i'm|i am|i feel|feeling) (?:\w+ )?(?:happy|glad|great|good|fine|excited|proud|relieved|thrilled|well)\b|\b(?:great|good|wonderful|lovely) (?:day|news)\b/i,
    ['I am glad to hear that. What made it so?', 'How nice. Tell me more?'],
  ],
];

/** Said once it is clear that rules cannot help; what to do about it included. */
const NO_MODEL =
  'No language model is connected, so I only have simple replies and what you tell me. ' +
  'Under **Settings** you can connect one: [Ollama](https://ollama.com) runs on this computer, and any OpenAI-compatible server works too.';

/** "How are you?", "Who are you?", "What can you do?" */
export function answerAboutItself({ said }: Situation): string | undefined {
  if (ASKS_SKILLS.test(said)) {
    return `I keep you company: I listen, I remember what you tell me and find it again when you ask, and I run commands such as those that \`/help\` lists.\n\n${NO_MODEL}`;
  }
  if (ASKS_SELF.test(said)) {
    return `I am Aico, your companion. I live on this computer, and what you tell me stays here.\n\n${NO_MODEL}`;
  }
  if (ASKS_MOOD.test(said))
    return choose(['I am well, thank you. How are you?', 'Quite content, thank you for asking. And you?'], said);
  return undefined;
}

/** Thanks and farewells. */
export function answerCourtesy({ said, name }: Situation): string | undefined {
  const you = name === undefined ? '' : `, ${name}`;
  if (THANKS.test(said)) return choose([`You are welcome${you}.`, `With pleasure${you}.`], said);
  if (LEAVES.test(said)) return choose([`Take care${you}. I will be here.`, `See you soon${you}.`], said);
  return undefined;
}

/** What the user tells about themselves, with a greeting before it or not. */
export function answerNews(situation: Situation): string | undefined {
  const { said, sentences, remembers } = situation;
  const told = sentences.filter((one) => !isQuestion(one));
  const name = told.map(ownNameIn).find(Boolean);
  const naming = told.map(namingIn).find(Boolean);
  const keeps = remembers ? ' I will remember that.' : '';
  const parts: string[] = [];
  if (name !== undefined) parts.push(`${GREETS.test(said) ? 'Hello' : 'Nice to meet you'}, ${name}.`);
  if (naming !== undefined) parts.push(praise(naming));
  if (parts.length === 0) return undefined;
  return `${parts.join(' ')}${keeps}`;
}

function praise({ thing, name }: Naming): string {
  const praises = isSeveral(name)
    ? (['lovely names', 'fine names'] as const)
    : (['a lovely name', 'a fine name'] as const);
  return `${name}: ${choose(praises, name)} for your ${thing}.`;
}

/** "Hello." */
export function answerGreeting({ said, sentences, name }: Situation): string | undefined {
  if (!GREETS.test(said) || sentences.length > 2 || said.length > 60) return undefined;
  if (name === undefined)
    return choose(['Hello. It is good to hear from you. How are you?', 'Hello there. How has your day been?'], said);
  return choose(
    [`Hello, ${name}. It is good to see you. How are you?`, `Hello, ${name}. How has your day been?`],
    said,
  );
}

/** How the user feels. */
export function answerFeeling({ said }: Situation): string | undefined {
  const wordings = FEELINGS.find(([pattern]) => pattern.test(said))?.[1];
  return wordings && choose(wordings, said);
}

/** What rules cannot answer: says so plainly, with what the user said about it before. */
export function admitLimits(situation: Situation): string | undefined {
  const { said, sentences } = situation;
  if (!ORDERS.test(said) && !sentences.some(isQuestion)) return undefined;
  const related = tellRelated(situation);
  return related === undefined ? `That is beyond me. ${NO_MODEL}` : `${related}\n\nMore I cannot say. ${NO_MODEL}`;
}

/** Anything else that the user tells. */
export function listen(situation: Situation): string {
  const { said, sentences, remembers, topics } = situation;
  const related = topics.size > 0 ? tellRelated(situation) : undefined;
  const keeps = remembers && sentences.some(tellsOfUser) ? ' I will remember that.' : '';
  if (topics.size === 0 && !keeps) return choose(['All right.', 'Good.', 'Whenever you like.'], said);
  const thanks = choose(['Thank you for telling me.', 'I see.', 'I hear you.'], said);
  const asks = choose(['Tell me more?', 'How was that for you?', 'What else is on your mind?'], `${said}?`);
  return `${thanks}${keeps} ${related === undefined ? asks : `That reminds me. ${related}`}`;
}
