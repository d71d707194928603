import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AicoError } from '@aico/schemas';
import { printable } from '../printable.ts';
import type { ConsolePowers } from './console-powers.ts';

/** Asks for a line on the terminal; an empty one, and a missing terminal, mean the usual answer. */
export async function askText(powers: ConsolePowers, question: string, usual: string): Promise<string> {
  if (powers.stdin.isTTY !== true) return usual;
  const typed = await askLine(powers, `${question} (${printable(usual)}): `, question);
  return typed === '' ? usual : typed;
}

/** Asks whether something may be; only a written yes is one. Undefined without a terminal. */
export async function askYes(powers: ConsolePowers, question: string, subject: string): Promise<boolean | undefined> {
  if (powers.stdin.isTTY !== true) return undefined;
  return /^y(es)?$/i.test(await askLine(powers, `${question} [y/N] `, subject));
}

async function askLine(powers: ConsolePowers, question: string, subject: string): Promise<string> {
  const output = new Writable({
    write(text, _, done) {
      powers.err(String(text));
      done();
    },
  });
  const reader = createInterface({ input: powers.stdin, output, terminal: true });
  const cancelled = new AbortController();
  reader.once('SIGINT', () => cancelled.abort());
  reader.once('close', () => cancelled.abort());
  try {
    return (await reader.question(question, { signal: cancelled.signal })).trim();
  } catch (cause) {
    throw new AicoError('KERNEL_CANCELLED', { subject, cause });
  } finally {
    reader.close();
  }
}
