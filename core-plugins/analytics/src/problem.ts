import { AicoError } from '@aico/sdk';

const LONGEST_PROBLEM = 1_200;

/** What DuckDB says about a question, as an error of the one table. */
export function problemOf(error: unknown, unnamed = 'DuckDB does not say why'): AicoError {
  if (error instanceof AicoError) return error;
  const said = (error instanceof Error ? error.message : String(error)).replace(/^Failed to extract statements: /, '');
  const subject = 'the question';
  if (said.startsWith('Permission Error'))
    return new AicoError('ANALYTICS_DENIED', { subject: 'A file', cause: error });
  // What the binding fails with where there is nothing to parse.
  const problem = said === '' || said === 'Error in native callback' ? unnamed : said.slice(0, LONGEST_PROBLEM);
  return new AicoError('ANALYTICS_SQL_INVALID', { subject, details: { problem }, cause: error });
}

/** Whether DuckDB ran into the limit of its memory. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /^(Out of Memory Error|std::bad_alloc)/.test(error.message);
}
