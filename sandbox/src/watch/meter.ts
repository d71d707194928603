/** What a process has used so far. */
export interface Usage {
  /** Resident memory in MiB; shared pages count in full. */
  readonly residentMb: number;
  /** CPU time since it started, ms. */
  readonly cpuMs: number;
}

/** Measures one process from outside. */
export interface Meter {
  /** The latest usage; undefined when the process is gone or nothing is known yet. */
  read(): Usage | undefined;
  /** Memory in MiB with shared pages counted in parts (PSS), where the system tells; costs more than `read`. */
  readFairMemory(): number | undefined;
  close(): void;
}
