/** Words that say nothing about what a sentence is about. */
const EMPTY_WORDS = new Set(
  `a about after again all also always am an and any are as at be because been before but by call called can could day did do
  does doing done don't ever for from get give go got had has have he her here him his how i if in into is it its it's just
  know last let like likes long lot made make many may me might mine more most much my named name name's no not now of off ok okay alright fine hm hmm sure yeah yep nope nah hi hello hey hiya thanks thank bye goodbye morning evening night good nice great
  often old on once one or our out over please really remember said same say she should so some something still such tell
  than that that's the their them then there these they thing things this those time to today told too up us used very want
  was we well went were what what's when where which while who whom who's whose why will with would yes yet you your`.split(
    /\s+/,
  ),
);

/** Typographic apostrophes and spaces as typed ones, so that patterns need to know only one form. */
export function plain(text: string): string {
  return text
    .replace(/[’‘`´]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

/** The sentences of a text, each with its closing mark. */
export function sentencesOf(text: string): string[] {
  const sentences = plain(text).match(/[^.!?]+(?:[.!?]+(?=\s|$)|[.!?]+(?=\S)[^.!?]*)*[.!?]*/gu) ?? [];
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => /[\p{L}\d]/u.test(sentence));
}

/** Stems of the words that say what a text is about. */
export function topicsOf(text: string): Set<string> {
  const words =
    plain(text)
      .toLowerCase()
      .match(/[\p{L}\d][\p{L}\d'-]*/gu) ?? [];
  return new Set(words.filter((word) => !EMPTY_WORDS.has(word)).map(stemOf));
}

/** Cuts the commonest English endings: enough for "cats" to find "cat" and "living" to find "live". */
export function stemOf(word: string): string {
  const bare = word.replace(/'s?$/, '').replaceAll('our', 'or');
  if (bare.length > 5 && bare.endsWith('ing')) return bare.slice(0, -3).replace(/e$/, '');
  if (bare.length > 4 && bare.endsWith('ed')) return bare.slice(0, -2);
  if (bare.length > 4 && bare.endsWith('ies')) return `${bare.slice(0, -3)}y`;
  if (bare.length > 3 && bare.endsWith('s') && !bare.endsWith('ss')) return bare.slice(0, -1).replace(/e$/, '');
  return bare.length > 3 ? bare.replace(/e$/, '') : bare;
}

/** Whether a sentence asks rather than tells. */
export function isQuestion(sentence: string): boolean {
  return (
    /\?\s*$/.test(sentence) ||
    /^(?:(?:and|but|so|hey|hi|hello|please|well)[, ]+)*(?:what|who|whose|whom|when|where|which|why|how|do|does|did|is|are|am|was|were|can|could|will|would|should|have|has|what's|who's|where's|when's|how's)\b(?! not\b)/i.test(
      sentence,
    )
  );
}

/** A day as people say it, by this computer's calendar. */
export function dayOf(when: string): string {
  return new Date(when).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

/** A quotation that ends cleanly. */
export function quote(sentence: string): string {
  return `“${sentence.length > 300 ? `${sentence.slice(0, 299)}…` : sentence}”`;
}

/** First letter in upper case. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The same one of several wordings for the same text, so that replies vary and yet can be foretold. */
export function choose(wordings: readonly [string, ...string[]], seed: string): string {
  // FNV-1a: spreads short texts well and needs three lines.
  let hash = 0x811c9dc5;
  for (const character of seed) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return wordings[hash % wordings.length] ?? wordings[0];
}
