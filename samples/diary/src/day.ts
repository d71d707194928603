/** The day, such as 2026-11-23, at a time in a zone; in UTC where the zone is not known. */
export function dayAt(time: string, timezone: string | undefined): string {
  const date = new Date(time);
  try {
    const parts = new Intl.DateTimeFormat('en', {
      timeZone: timezone ?? 'UTC',
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    }).formatToParts(date);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  } catch {
    return date.toISOString().slice(0, 10);
  }
}

/** Whether a day is in the calendar: there is no 30 February. */
export function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
