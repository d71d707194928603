/** What lies beside a plugin's bundle and says which line of its author each of its lines comes from. */
export function sourceMapOf(main: string): string {
  return `${main}.map`;
}

/** A larger map stays out of the bundle's folder and of packages: whoever reads a stack trace would wait for it. */
export const MAX_SOURCE_MAP_BYTES: number = 256 * 1024;
