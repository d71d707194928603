import { type CommandRun, isAicoError } from '@aico/sdk';
import { describeMoment, parseReminder } from './parse-reminder.ts';
import type { Kept, Reminders } from './reminders.ts';

const EXAMPLES =
  'For instance `/remind in 20 minutes Tea`, `/remind tomorrow at 9 Call Ada`, `/remind every monday at 7:30 Bins`.';

/** What `/remind` answers, Markdown. */
export async function answerRemind(reminders: Reminders, command: CommandRun): Promise<string> {
  const { conversation, arguments: typed } = command;
  const now = nowOf(command);
  const request = parseReminder(typed, now);
  switch (request.kind) {
    case 'list':
      return describeList(await reminders.list(), now);
    case 'cancel': {
      const dropped = await reminders.drop(request.number);
      return dropped === undefined ? `There is no reminder ${request.number}.` : `Dropped: ${plain(dropped.text)}`;
    }
    case 'unclear':
      return `${request.problem} ${EXAMPLES}`;
    default:
      break;
  }
  const timing =
    request.kind === 'once'
      ? { at: new Date(request.at.epochMilliseconds) }
      : { cron: request.cron, timeZone: now.timeZoneId };
  try {
    const kept = await reminders.add(timing, { text: plain(request.text), conversation, made: command.time });
    return `I will remind you ${describeNext(kept, now)}: ${plain(kept.text)}`;
  } catch (error) {
    if (isAicoError(error, 'SCHEDULE_TOO_MANY'))
      return 'Those are as many as I can keep. `/remind cancel 1` drops one.';
    throw error;
  }
}

function describeList(list: readonly Kept[], now: Temporal.ZonedDateTime): string {
  if (list.length === 0) return `Nothing is coming. ${EXAMPLES}`;
  const lines = list.map((kept) => `- **${kept.number}** ${describeNext(kept, now)}: ${plain(kept.text)}`);
  return `${lines.join('\n')}\n\n\`/remind cancel 1\` drops one.`;
}

function describeNext({ next, timing }: Kept, now: Temporal.ZonedDateTime): string {
  const at = Temporal.Instant.fromEpochMilliseconds(next.getTime()).toZonedDateTimeISO(now.timeZoneId);
  return `${describeMoment(at, now)}${'cron' in timing ? ' and again' : ''}`;
}

/** When the command was typed, where the user is; in UTC where the zone is not known. */
function nowOf({ time, timezone = 'UTC' }: CommandRun): Temporal.ZonedDateTime {
  const instant = Temporal.Instant.from(time);
  try {
    return instant.toZonedDateTimeISO(timezone);
  } catch {
    return instant.toZonedDateTimeISO('UTC');
  }
}

/** Without what Markdown would act on. */
function plain(text: string): string {
  return text.replace(/[*_`[\]<>#|\\]/g, '');
}
