import type { ErrorReport } from '@aico/sdk';
import { fill, placeholders, type Values } from './fill.ts';

/** Message and fix by error code, for a language that the contracts are not written in. */
export type ErrorWords = ReadonlyMap<string, TranslatedError>;

interface TranslatedError {
  readonly message: string;
  readonly fix?: string;
  /** What is told of a problem in sentences of ours, by their words in English; what a system says stays as it is. */
  readonly problems?: Readonly<Record<string, string>>;
}

/** The error in another language, when there are words for it and every placeholder has its value. */
export function translateError(
  report: ErrorReport,
  words: ErrorWords,
): { readonly message: string; readonly fix?: string } | undefined {
  const found = words.get(report.code);
  if (!found) return undefined;
  const values = inOtherWords(valuesOf(report), found.problems);
  const complete = [found.message, found.fix ?? ''].every((text) => placeholders(text).every((name) => name in values));
  if (!complete) return undefined;
  return { message: fill(found.message, values, 'en'), ...(found.fix && { fix: fill(found.fix, values, 'en') }) };
}

function inOtherWords(values: Values, problems: Readonly<Record<string, string>> = {}): Values {
  const { problem } = values;
  return typeof problem === 'string' && Object.hasOwn(problems, problem)
    ? { ...values, problem: problems[problem] ?? problem }
    : values;
}

function valuesOf(report: ErrorReport): Values {
  const details = Object.entries(report.details ?? {}).filter(
    (entry): entry is [string, string | number] => typeof entry[1] === 'string' || typeof entry[1] === 'number',
  );
  return { ...Object.fromEntries(details), ...(report.subject && { subject: report.subject }) };
}
