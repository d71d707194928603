/** Where a plugin's code begins, relative to its folder. */
export const ENTRY_FILE = 'src/index.ts';
