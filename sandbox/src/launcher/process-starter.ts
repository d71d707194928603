import type { Duplex } from 'node:stream';

/** What is to be started, and how many pipes it gets: standard output, standard error, and from descriptor 3 on whatever is more. */
export interface ProcessRequest {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly pipes: number;
}

export interface ProcessEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** A process that runs, and this side of its pipes. */
export interface StartedProcess {
  readonly processId: number;
  readonly pipes: readonly Duplex[];
  /** Its own end: what it wrote last may still be on its way. */
  readonly ended: Promise<ProcessEnd>;
}

export interface ProcessStarter {
  /** Starts a process as the leader of a session of its own, in `/`. @throws Error in the system's words */
  start(request: ProcessRequest): Promise<StartedProcess>;
  /** Nothing is started any more. */
  close(): void;
}
