import type { ProcessEnd, ProcessRequest } from './process-starter.ts';

/** What the launcher's thread is told. */
export interface StartMessage extends ProcessRequest {
  /** Names the request, and the pipes that come for it. */
  readonly token: string;
}

/** What it tells. */
export type ThreadMessage =
  | { readonly type: 'started'; readonly token: string; readonly processId: number }
  | { readonly type: 'failed'; readonly token: string; readonly problem: string }
  | ({ readonly type: 'ended'; readonly token: string } & ProcessEnd);

/** Of a token, in hexadecimal digits. */
export const TOKEN_LENGTH = 32;

/** What comes first over each pipe, written by the thread: whose it is, and its place, one digit. */
export function pipeHead(token: string, place: number): string {
  return `${token}${place}`;
}
