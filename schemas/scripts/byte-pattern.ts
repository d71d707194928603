/** A part of a pattern and how often it may stand. */
export interface PatternStep {
  /** The characters of a class or literal, or the steps of a group. */
  readonly what: string | readonly PatternStep[];
  readonly least: number;
  readonly most: number;
}

/**
 * Reads an anchored pattern of literals, classes, groups and repetitions over printable ASCII; undefined for any other.
 * Whoever takes the longest repetition of each step and never turns back may miss a match, and finds none that is none.
 */
export function parseBytePattern(pattern: string): readonly PatternStep[] | undefined {
  if (!/^\^.*[^\\]\$$/s.test(pattern)) return undefined;
  const parser = new Parser(pattern.slice(1, -1));
  const steps = parser.sequence();
  return parser.ended ? steps : undefined;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at === this.#text.length;
  }

  /** Steps up to the end or a closing parenthesis. */
  sequence(): PatternStep[] | undefined {
    const steps: PatternStep[] = [];
    while (!this.ended && this.#text[this.#at] !== ')') {
      const what = this.#what();
      const times = what === undefined ? undefined : this.#times();
      if (what === undefined || times === undefined) return undefined;
      steps.push({ what, ...times });
    }
    return steps;
  }

  #what(): PatternStep['what'] | undefined {
    const character = this.#take();
    if (character === '[') return this.#class();
    if (character === '(') return this.#group();
    const literal = character === '\\' ? this.#take() : character;
    const known = character === '\\' ? /^[^A-Za-z0-9]$/ : /^[^.*+?{}|^$)\]]$/;
    return known.test(literal) ? printable(literal) : undefined;
  }

  #group(): PatternStep[] | undefined {
    if (this.#text[this.#at] === '?') return undefined;
    const steps = this.sequence();
    return this.#take() === ')' ? steps : undefined;
  }

  #class(): string | undefined {
    const close = this.#text.indexOf(']', this.#at);
    const body = this.#text.slice(this.#at, close);
    if (close < 0 || body.startsWith('^') || body.includes('\\')) return undefined;
    this.#at = close + 1;
    const characters = new Set<string>();
    for (const [, from = '', to = from] of body.matchAll(/(.)(?:-(.))?/gs)) {
      for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code++) characters.add(String.fromCharCode(code));
    }
    return printable([...characters].join(''));
  }

  #times(): { readonly least: number; readonly most: number } | undefined {
    const [whole = '', sign, from, comma, to] =
      /^(?:([*+?])|\{(\d+)(,?)(\d*)\})/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += whole.length;
    // A lazy repetition, or one of a repetition.
    if (whole !== '' && /[*+?{]/.test(this.#text[this.#at] ?? '')) return undefined;
    if (sign !== undefined) return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY };
    if (from === undefined) return { least: 1, most: 1 };
    const least = Number(from);
    return { least, most: comma === '' ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to) };
  }

  #take(): string {
    this.#at += 1;
    return this.#text[this.#at - 1] ?? '';
  }
}

/** What needs an escape in JSON, or more than one byte, is left to the whole validator. */
function printable(characters: string): string | undefined {
  return /^[\x20-\x7e]+$/.test(characters) && !/["\\]/.test(characters) ? characters : undefined;
}
