import type { CommandRun, PluginContext, ScheduleDue } from '@aico/sdk';
import { after, announce, describe, endOf, type Phase, parsePomodoro } from './rounds.ts';

const NAME = 'phase';

/** The one pomodoro that runs; it is a schedule, and nothing else is kept of it but how many rounds were done on a day. */
export class Pomodoro {
  readonly #ctx: Pick<PluginContext, 'bus' | 'schedule' | 'storage'>;

  constructor(ctx: Pick<PluginContext, 'bus' | 'schedule' | 'storage'>) {
    this.#ctx = ctx;
  }

  async answer({ arguments: typed, conversation, time, timezone = 'UTC' }: CommandRun): Promise<string> {
    const now = Date.parse(time);
    const [running] = await this.#ctx.schedule.list();
    const request = parsePomodoro(typed, running !== undefined);
    switch (request.kind) {
      case 'start': {
        const { workMinutes, breakMinutes } = request;
        const phase: Phase = { kind: 'work', round: 1, workMinutes, breakMinutes, conversation, timezone };
        await this.#begin(phase, now);
        return `🍅 Round 1: ${workMinutes} minutes. I will tell you when it is time for a break.`;
      }
      case 'stop':
        return (await this.#ctx.schedule.cancel(NAME)) ? 'Stopped. Well done.' : 'There is nothing to stop.';
      case 'status':
        if (running === undefined) return 'Nothing runs. `/pomodoro` starts a round.';
        return describe(running.data as Phase, Date.parse(running.next), now);
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

  async #begin(phase: Phase, from: number): Promise<void> {
    await this.#ctx.schedule.set(NAME, { at: new Date(endOf(phase, from)) }, { catchUp: 'skip', data: phase });
  }

  /** Rounds done on the day of the user, this one included. */
  async #count({ timezone }: Phase, at: string): Promise<number> {
    const { storage } = this.#ctx;
    const key = `done ${dayAt(at, timezone)}`;
    const done = ((await storage.get<number>(key)) ?? 0) + 1;
    await storage.set(key, done);
    return done;
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
