import type { AicoError } from '@aico/schemas';
import { writeLogLine } from './json-log.ts';

/** Writes down that something came sealed and went no further. */
export function unopened(topic: string, { code, message, details }: AicoError): void {
  writeLogLine({ level: 'error', message, fields: { topic, code, ...details } });
}
