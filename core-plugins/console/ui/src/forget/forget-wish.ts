import type { ForgetRun, ForgetSearch } from '@aico/sdk';

/** What is to be forgotten, before anybody looked what that is. */
export interface ForgetWish {
  readonly scope: ForgetRun['scope'];
  readonly search: ForgetSearch;
}

/** A period of whole days here, the last one included; undefined when it is none. */
export function periodOf(from: string, to: string): ForgetSearch | undefined {
  const begin = new Date(`${from}T00:00`);
  const end = new Date(`${to}T00:00`);
  if (Number.isNaN(begin.getTime()) || Number.isNaN(end.getTime()) || end < begin) return undefined;
  end.setDate(end.getDate() + 1);
  return { from: begin.toISOString(), to: end.toISOString() };
}
