import type { SealedAnswer, SealedEvent, SealedQuestion } from '@aico/schemas';

/** The form of the envelopes. */
export const FORM = 1;

type Anything = Readonly<Record<string, unknown>>;

/** Each reads an envelope, or says undefined. The kernel has held it to its schema; nobody relies on that here. */
export function asEvent(value: unknown): SealedEvent | undefined {
  const { key, epoch } = fieldsOf(value);
  return hasBox(value) && typeof epoch === 'number' && (key === undefined || typeof key === 'string')
    ? (value as SealedEvent)
    : undefined;
}

export function asQuestion(value: unknown): SealedQuestion | undefined {
  const { from, to, about } = fieldsOf(value);
  const named =
    typeof from === 'string' && typeof to === 'string' && (about === undefined || typeof about === 'string');
  return hasBox(value) && named ? (value as SealedQuestion) : undefined;
}

export function asAnswer(value: unknown): SealedAnswer | undefined {
  return hasBox(value) ? (value as SealedAnswer) : undefined;
}

/** JSON, or undefined. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasBox(value: unknown): boolean {
  const { sealed, nonce, box } = fieldsOf(value);
  return sealed === FORM && typeof nonce === 'string' && typeof box === 'string';
}

function fieldsOf(value: unknown): Anything {
  return typeof value === 'object' && value !== null ? (value as Anything) : {};
}
