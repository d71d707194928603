import { styleText } from 'node:util';
import { AicoError, type ErrorReport, isAicoError } from '@aico/schemas';
import { printable } from '../printable.ts';
import { problemOf } from '../problem.ts';

/** Every error that a failure is made of, each explained by the table. */
export function reportsOf(error: unknown): ErrorReport[] {
  if (error instanceof AggregateError) return error.errors.flatMap(reportsOf);
  if (isAicoError(error)) return [error.toReport()];
  const details = { problem: problemOf(error) };
  return [new AicoError('HOST_INTERNAL', { subject: 'aico', details, cause: error }).toReport()];
}

/** An error for people: what, where in a plugin's files when that is known, what to do, and the code to look it up by. */
export function errorText(report: ErrorReport, colors: boolean): string {
  const { code, message, fix } = report;
  const mark = paint('red', '✗', colors);
  const advice = fix === undefined || fix === '' ? '' : `\n  ${printable(fix)}`;
  return `${mark} ${printable(message)}${whereText(report)}${advice}\n  ${paint('dim', code, colors)}\n`;
}

/** Where in its author's files a plugin failed, when that is known and not said already. */
export function whereText({ message, details }: Pick<ErrorReport, 'message' | 'details'>): string {
  const place = details?.['place'];
  return typeof place === 'string' && !message.startsWith(place) ? `\n  at ${printable(place)}` : '';
}

/** Colours a text where colours are wanted. */
export function paint(format: 'red' | 'green' | 'yellow' | 'dim' | 'bold', text: string, colors: boolean): string {
  return colors ? styleText(format, text, { validateStream: false }) : text;
}
