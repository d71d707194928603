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
  /**
   * Memory in MiB with shared pages counted in parts (PSS), where the system tells. It costs more than `read`, and a process that
   * allocates all the time can make it last: nobody is to stand still for it.
   */
  readFairMemory(): Promise<number | undefined>;
  close(): void;
}
