/** One stretch of time, as it is handed back when it is over. */
export interface Phase {
  readonly kind: 'work' | 'break';
  /** Rounds of work since the start, this one included. */
  readonly round: number;
  readonly workMinutes: number;
  readonly breakMinutes: number;
  readonly conversation: string;
  readonly timezone: string;
}

const LONG_BREAK_AFTER = 4;
const LONG_BREAK_FACTOR = 3;
const MINUTE_MS = 60_000;

export type PomodoroRequest =
  | { readonly kind: 'start'; readonly workMinutes: number; readonly breakMinutes: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'status' }
  | { readonly kind: 'unclear' };

/** Reads what was typed after `/pomodoro`; nothing starts one, or tells how the running one stands. */
export function parsePomodoro(typed: string, isRunning: boolean): PomodoroRequest {
  const text = typed.trim().toLowerCase();
  if (text === 'stop') return { kind: 'stop' };
  if (text === 'status' || (text === '' && isRunning)) return { kind: 'status' };
  const [, work = '25', rest = '5'] = /^(?:start\s*)?(?:(\d{1,3})(?:\s+(\d{1,3}))?)?$/.exec(text) ?? [
    undefined,
    '',
    '',
  ];
  const [workMinutes, breakMinutes] = [Number(work), Number(rest)];
  if (work === '' || !isBetween(workMinutes, 1, 180) || !isBetween(breakMinutes, 1, 60)) return { kind: 'unclear' };
  return { kind: 'start', workMinutes, breakMinutes };
}

/** When a stretch that begins at `from` is over, ms since 1970. */
export function endOf(phase: Phase, from: number): number {
  const long = phase.round % LONG_BREAK_AFTER === 0 ? LONG_BREAK_FACTOR : 1;
  return from + (phase.kind === 'work' ? phase.workMinutes : phase.breakMinutes * long) * MINUTE_MS;
}

/** What follows a stretch. */
export function after(phase: Phase): Phase {
  return phase.kind === 'work' ? { ...phase, kind: 'break' } : { ...phase, kind: 'work', round: phase.round + 1 };
}

/** What is said when a stretch is over, Markdown. */
export function announce(phase: Phase, doneToday: number): string {
  if (phase.kind === 'break') return `🍅 Round ${phase.round + 1}: ${phase.workMinutes} minutes.`;
  const minutes = endOf(after(phase), 0) / MINUTE_MS;
  return `☕ Round ${phase.round} is done, ${doneToday} today. Take ${minutes} minutes off. \`/pomodoro stop\` ends it.`;
}

/** How the running stretch stands, Markdown. */
export function describe(phase: Phase, end: number, now: number): string {
  const left = Math.max(1, Math.ceil((end - now) / MINUTE_MS));
  const what = phase.kind === 'work' ? `Round ${phase.round}` : `The break after round ${phase.round}`;
  return `${what} takes ${left} more minute${left === 1 ? '' : 's'}.`;
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
