/** Days in a row up to today, or up to yesterday while today is not done yet. Days are YYYY-MM-DD. */
export function currentStreak(days: ReadonlySet<string>, today: string): number {
  let day = days.has(today) ? today : dayBefore(today);
  let streak = 0;
  for (; days.has(day); day = dayBefore(day)) streak += 1;
  return streak;
}

export function longestStreak(days: ReadonlySet<string>): number {
  let longest = 0;
  for (const day of days) {
    // Each row of days is counted once, from its last day.
    if (!days.has(dayBefore(day, -1))) longest = Math.max(longest, currentStreak(days, day));
  }
  return longest;
}

/** The last days up to today, oldest first: whether each was done. */
export function lastDays(days: ReadonlySet<string>, today: string, count: number): readonly boolean[] {
  return Array.from({ length: count }, (_, at) => days.has(dayBefore(today, count - 1 - at)));
}

export function dayBefore(day: string, days = 1): string {
  return Temporal.PlainDate.from(day).subtract({ days }).toString();
}
