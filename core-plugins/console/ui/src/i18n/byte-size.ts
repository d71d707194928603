const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A count of bytes in its largest unit, e.g. "1.4 kB". */
export function byteSize(bytes: number, number: (value: number, digits: number) => string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${number(value, unit > 0 && value < 10 ? 1 : 0)} ${UNITS[unit]}`;
}
