import type { CommandRun, PluginContext, ScheduleDue } from '@aico/sdk';
import { after, announce, describe, endOf, type Phase, parsePomodoro } from './rounds.ts';

const NAME = 'phase';
const DONE = 'done ';

/** How many rounds were done on a day of the user. */
interface DayDone {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly rounds: number;
}

/** The one pomodoro that runs; it is a schedule, and nothing else is kept of it but how many rounds were done on a day. */
export class Pomodoro {
  readonly #ctx: Pick<PluginContext, 'bus' | 'schedule' | 'storage'>;

  constructor(ctx: Pick<PluginContext, 'bus' | 'schedule' | 'storage'>) {
    this.#ctx = ctx;
  }

  async answer({ arguments: typed, conversation, time, timezone = 'UTC' }: CommandRun): Promise<string> {
    const now = Date.parse(time);
    const running = await this.running();
    const request = parsePomodoro(typed, running !== undefined);
    switch (request.kind) {
      case 'start': {
        const { workMinutes, breakMinutes } = request;
        const phase: Phase = { kind: 'work', round: 1, workMinutes, breakMinutes, conversation, timezone };
        await this.#begin(phase, now);
        return `🍅 Round 1: ${workMinutes} minutes. I will tell you when it is time for a break.`;
      }
      case 'stop':
        return (await this.stop()) ? 'Stopped. Well done.' : 'There is nothing to stop.';
      case 'status':
        if (running === undefined) return 'Nothing runs. `/pomodoro` starts a round.';
        return describe(running.phase, Date.parse(running.end), now);
      case 'unclear':
        return 'Minutes of work (1 to 180) and of break (1 to 60), such as `/pomodoro 50 10`; `/pomodoro stop` ends it.';
    }
  }

  /** A stretch is over: tells so and begins the next one. After a night away nobody is at work any more. */
  async goOn({ data, at, late }: ScheduleDue): Promise<void> {
    const phase = data as Phase;
    if (late) return;
    const done = phase.kind === 'work' ? await this.#count(phase, at) : 0;
    await this.#begin(after(phase), Date.parse(at));
    const { conversation } = phase;
    await this.#ctx.bus.request('chat.message.add.v1', { conversation, text: announce(phase, done) });
  }

  /** The stretch that runs, and when it ends; RFC 3339, UTC. */
  async running(): Promise<{ readonly phase: Phase; readonly end: string } | undefined> {
    const [running] = await this.#ctx.schedule.list();
    return running === undefined ? undefined : { phase: running.data as Phase, end: running.next };
  }

  /** Whether there was one to stop. */
  stop(): Promise<boolean> {
    return this.#ctx.schedule.cancel(NAME);
  }

  /** The next days on which something was done, behind one or from the first. */
  async daysAfter(day: string | undefined): Promise<readonly DayDone[]> {
    const after = day === undefined ? {} : { after: DONE + day };
    const { entries } = await this.#ctx.storage.list<number>({ prefix: DONE, ...after });
    return entries.map(({ key, value }) => ({ day: key.slice(DONE.length), rounds: value }));
  }

  async roundsOf(day: string): Promise<number> {
    return (await this.#ctx.storage.get<number>(DONE + day)) ?? 0;
  }

  keep({ day, rounds }: DayDone): Promise<void> {
    return this.#ctx.storage.set(DONE + day, rounds);
  }

  /** How many of them there were. */
  async forgetDays(days: readonly string[]): Promise<number> {
    const gone = await Promise.all(days.map((day) => this.#ctx.storage.delete(DONE + day)));
    return gone.filter((wasThere) => wasThere).length;
  }

  async #begin(phase: Phase, from: number): Promise<void> {
    await this.#ctx.schedule.set(NAME, { at: new Date(endOf(phase, from)) }, { catchUp: 'skip', data: phase });
  }

  /** Rounds done on the day of the user, this one included. */
  async #count({ timezone }: Phase, at: string): Promise<number> {
    const day = dayAt(at, timezone);
    const rounds = (await this.roundsOf(day)) + 1;
    await this.keep({ day, rounds });
    return rounds;
  }
}

function dayAt(time: string, timezone: string): string {
  const instant = Temporal.Instant.from(time);
  try {
    return instant.toZonedDateTimeISO(timezone).toPlainDate().toString();
  } catch {
    return time.slice(0, 10);
  }
}
