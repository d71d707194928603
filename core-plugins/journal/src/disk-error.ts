import { AicoError, isAicoError } from '@aico/sdk';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** What the disk refused, as a publisher learns it. */
export function diskError(error: unknown): AicoError {
  if (isAicoError(error)) return error;
  const { code = String(error) } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return new AicoError('JOURNAL_FULL', { subject: 'journal', cause: error });
  return new AicoError('JOURNAL_UNWRITABLE', { subject: 'journal', details: { problem: code }, cause: error });
}
