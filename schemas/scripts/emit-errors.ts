import type { Sources } from './sources.ts';

/** `errors.ts`: the table of errors as data. */
export function emitErrors({ errors }: Sources): string {
  const table = Object.fromEntries(errors.flatMap(({ entries }) => Object.entries(entries)));
  return `/** What the table says of an error; \`{name}\` is filled from the error's subject and details. */
export interface ErrorDefinition {
  readonly message: string;
  readonly rule: string;
  readonly fix: string;
  /** The HTTP status that fits it. */
  readonly status: number;
}

/** The code of an error. */
export type ErrorCode =
${Object.keys(table)
  .map((code) => `  | '${code}'`)
  .join('\n')};

/** Every error, by its code. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorDefinition>> = ${JSON.stringify(table, undefined, 2)};
`;
}
