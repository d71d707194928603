/** Words that say nothing about what a text is about. */
const EMPTY_WORDS = new Set(
  `a about again all also always am an and any anything are as ask asked at be because been being but by came can come could
  day did do does doing done don for from get gets getting give go goes going good got had has have having he hello help her
  here hers hey hi him his how i if in into is isn it its just kind know let like ll lot made make many maybe me mean mine
  more morning most much must my need never night no not nothing now of off oh ok okay on one only or other our out over please
  question re really remember right s said same say see shall she should so some something sometimes soon sorry still such
  sure t tell than thank thanks that the their them then there these they thing things think this those time to today told
  tomorrow tonight too two up us ve very want wants was way we week well went were what when where which while who whom whose
  why will with word would year yes yesterday yet you your yours
  aber als am an auch auf aus bei bin bist bitte da danke dann das dass dein dem den der des dich die dies dir doch du ein eine
  einem einen einer er es euch für habe haben hallo hat heute hier ich ihm ihn ihr im in ist ja jetzt kann kein keine könnte mal
  man mein meine meinem meinen meiner mich mir mit morgen nach nein nicht noch nur oder schon sehr sein seine sich sie sind so
  und uns unser von vor war warum was weiß weißt wenn wer werden wie wir wo worden würde zu zum zur`
    .split(/\s+/)
    .map(fold),
);
const ABOUT_ONESELF = /\b(i|me|my|mine|myself|we|us|our|ours|ich|mich|mir|mein\w*|wir|uns|unser\w*)\b/i;
const ABOUT_TALK =
  /\b(ask(ed|ing)?|questions?|talked|talk(ing)? about|discussed|mentioned|(did|have) i (say|said)|gefragt|fragte)\b/i;
const ABOUT_EVERYTHING = /\b(know|remember|recall|learn(ed|t)?|weißt|erinnerst)\b.*\b(me|mich|mir|myself)\b/i;
const QUESTION_START =
  /^(and |so |but |ok(ay)?,? |hey,? |hi,? |hello,? |please,? )*(who|whom|whose|what|when|where|which|why|how|is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|might|has|have|had|tell me|explain|write|give me|show me|wer|wen|wem|was|wann|wo|wohin|woher|warum|wieso|wie|welche\w*|ist|sind|hast|kannst|könntest|weißt|erinnerst)\b/i;

/** Lower case, without accents. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

/** Every word of a text, folded. */
export function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The words that a text is about, each once. */
export function contentWords(text: string): string[] {
  return [...new Set(wordsOf(text))].filter(
    (word) => !EMPTY_WORDS.has(word) && (word.length > 1 || /\p{N}/u.test(word)),
  );
}

/** What a word shares with its other forms: lives, living and lived are one. Rough, as a word index needs no more. */
export function stemOf(word: string): string {
  if (word.length <= 3) return word;
  const stem = word
    .replace(/(ies|ied)$/, 'y')
    .replace(/(sses)$/, 'ss')
    .replace(/(ings?|edly|ed|es|ly|s)$/, '')
    .replace(/(.)\1$/, '$1')
    .replace(/e$/, '');
  return stem.length >= 3 ? stem : word;
}

/** Two texts that differ in case, accents, spaces and punctuation alone have the same. */
export function normalized(text: string): string {
  return wordsOf(text).join(' ');
}

/** Whether a text asks rather than tells. */
export function isQuestion(text: string): boolean {
  const plain = text.trim();
  if (/[?？]["')\]*_]*$/.test(plain)) return true;
  return (
    !/[.!]\s+\S/.test(plain) &&
    QUESTION_START.test(plain) &&
    plain.length < 200 &&
    !/^(was|ist|is|are) (i|ich)\b/i.test(plain)
  );
}

/** Whether a text speaks of the one who writes it. */
export function isAboutOneself(text: string): boolean {
  return ABOUT_ONESELF.test(text);
}

/** Whether a text asks what was asked or talked about before. */
export function isAboutTalk(text: string): boolean {
  return ABOUT_TALK.test(text);
}

/** Whether a text asks for all that is known of its writer, naming nothing in particular. */
export function isAboutEverything(text: string): boolean {
  return ABOUT_EVERYTHING.test(text) && contentWords(text).length === 0;
}
