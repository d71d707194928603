import type { PlannedItem } from '@aico/sdk';
import { plainText } from '../markdown/plain-text.ts';

/** What is shown of something: of a reply its words, unless it is made of marks alone. */
export function excerptOf({ kind, author, text }: PlannedItem): string {
  return (kind === 'message' && author !== 'user' && plainText(text)) || text;
}
