/** Parameters that take a millisecond: for tests alone. */
export const SMALL = { memoryKib: 256, passes: 1, lanes: 1 } as const;
export const SMALL_LIMITS = { leastMemoryKib: 256, leastPasses: 1 } as const;
export const PASSWORD = 'correct horse battery';
