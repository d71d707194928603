import { type ErrorCode, isAicoError } from '@aico/schemas';
import { problemOf } from '../../problem.ts';

/** What one look at the machine found. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What it is in the table of errors, for machines. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly fix?: string;
}

export function ok(name: string, message: string): Finding {
  return { name, state: 'ok', message };
}

export function skipped(name: string, message: string): Finding {
  return { name, state: 'skipped', message };
}

export function warning(name: string, message: string, fix: string): Finding {
  return { name, state: 'warning', message, fix };
}

/** A failure, explained by the table where it is one of it. */
export function failed(name: string, error: unknown): Finding {
  if (isAicoError(error)) {
    const { code, message, fix } = error;
    return { name, state: 'failed', code, message, fix };
  }
  return { name, state: 'failed', message: problemOf(error), fix: 'See aico logs, and report it.' };
}

/** Looks, and turns what is thrown into a finding. */
export async function find(name: string, look: () => Finding | Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return failed(name, error);
  }
}
