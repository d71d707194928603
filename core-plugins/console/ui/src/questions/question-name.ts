import type { SavedQuery } from '@aico/sdk';
import { en, type PhraseKey } from '../i18n/en.ts';

/** The phrase that names a question that came with AICO, where this app knows it. */
export function readyPhrase({ id }: Pick<SavedQuery, 'id'>): PhraseKey | undefined {
  const key = `questions.ready.${id}`;
  return key in en ? (key as PhraseKey) : undefined;
}
