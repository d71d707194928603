/** A text, or one per plural form of its `count`. */
export type Phrase = string | Readonly<{ one: string; other: string }>;
export type Values = Readonly<Record<string, string | number>>;

const PLACEHOLDER = /\{([a-zA-Z]+)\}/g;

/** Chooses the plural form and fills the placeholders. A placeholder without a value stays, to be seen and mended. */
export function fill(phrase: Phrase, values: Values, language: string): string {
  const text = typeof phrase === 'string' ? phrase : phrase[pluralForm(values, language)];
  return text.replace(PLACEHOLDER, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(language) : value;
  });
}

/** The placeholders of a phrase, sorted; translations must have the same. */
export function placeholders(phrase: Phrase): string[] {
  const texts = typeof phrase === 'string' ? [phrase] : [phrase.one, phrase.other];
  return [...new Set(texts.flatMap((text) => [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '')))].sort();
}

function pluralForm(values: Values, language: string): 'one' | 'other' {
  return new Intl.PluralRules(language).select(Number(values['count'] ?? 0)) === 'one' ? 'one' : 'other';
}
