import { AicoError, type ForgetProgress, type ForgetRun, type ForgetSearch } from '@aico/schemas';
import { askText, askYes } from '../ask.ts';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { planText, receiptText } from './forget-text.ts';

export interface ForgetOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly keepBackups?: boolean;
}

const FIND_TIMEOUT_MS = 10 * 60_000;
/** A backup is made and tested without a sign of life for so long at most. */
const SILENCE_MS = 15 * 60_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PHASES: Readonly<Record<ForgetProgress['phase'], string>> = {
  removing: 'Removing it everywhere',
  settling: 'Wiping it from the files of databases',
  backup: 'Making and testing a new backup',
};

/** `aico forget message <id>` */
export function runForgetMessage(context: CommandContext, options: ForgetOptions, id: string): Promise<number> {
  return forget(context, options, 'message', { messages: [id] });
}

/** `aico forget conversation <id>` */
export function runForgetConversation(context: CommandContext, options: ForgetOptions, id: string): Promise<number> {
  return forget(context, options, 'conversation', { conversations: [id] });
}

/** `aico forget person [name]`: a name that is typed here stands in no history of a shell. */
export async function runForgetPerson(context: CommandContext, options: ForgetOptions, given: string): Promise<number> {
  const name = given === '' ? await askText(context.powers, 'Name', '') : given;
  return forget(context, options, 'person', { names: [...name].length < 2 ? [] : [name] });
}

/** `aico forget period <from> <to>` */
export function runForgetPeriod(
  context: CommandContext,
  options: ForgetOptions,
  from: string,
  to = '',
): Promise<number> {
  const [begin, end] = [momentOf(from), momentOf(to)];
  if (DAY.test(to)) end.setDate(end.getDate() + 1);
  if (begin >= end) {
    const details = { problem: `${from} is not before ${to}` };
    throw new AicoError('HOST_USAGE_WRONG', { subject: 'aico forget period', details });
  }
  return forget(context, options, 'period', { from: begin.toISOString(), to: end.toISOString() });
}

/** `aico forget receipts` */
export async function runForgetReceipts(context: CommandContext): Promise<number> {
  const answer = await withBus(context.folders, (bus) => bus.request('privacy.receipt.list.v1', {}));
  const text = answer.receipts.map(receiptText).join('\n');
  context.answer(answer, text === '' ? 'Nothing was forgotten so far.' : text);
  return EXIT.done;
}

async function forget(
  context: CommandContext,
  { dryRun, yes, keepBackups = false }: ForgetOptions,
  scope: ForgetRun['scope'],
  search: ForgetSearch,
): Promise<number> {
  return withBus(context.folders, async (bus) => {
    const plan = await bus.request('privacy.forget.find.v1', search, { timeoutMs: FIND_TIMEOUT_MS });
    const { absent } = plan;
    if (dryRun === true || (plan.items.length === 0 && absent.length === 0)) {
      context.answer(plan, planText(plan, keepBackups));
      return EXIT.done;
    }
    if (yes !== true) {
      context.powers.err(planText(plan, keepBackups));
      const question = plan.items.length > 0 ? 'Forget all of this, for good?' : 'Have them forget it, for good?';
      const agreed = await askYes(context.powers, question, 'forget');
      if (agreed === undefined) throw new AicoError('PRIVACY_UNCONFIRMED', { subject: 'forget' });
      if (!agreed) throw new AicoError('KERNEL_CANCELLED', { subject: 'forget' });
    }
    const items = plan.items.map(({ plugin, kind, id, when }) => ({ plugin, kind, id, when }));
    const unasked = absent.length === 0 ? {} : { unasked: { search, plugins: absent } };
    const run: ForgetRun = { scope, items, backups: !keepBackups, ...unasked };
    const stream = bus.stream('privacy.forget.run.v1', run, { timeoutMs: SILENCE_MS });
    let told: string | undefined;
    for await (const { phase } of stream) {
      if (phase !== told && !context.json) context.powers.err(`• ${PHASES[phase]}\n`);
      told = phase;
    }
    const receipt = await stream.result;
    context.answer(receipt, receiptText(receipt));
    return receipt.failed.length === 0 ? EXIT.done : EXIT.failed;
  });
}

/** A day is meant as it begins here; 31 February is none. @throws AicoError PRIVACY_PERIOD_INVALID */
export function momentOf(text: string): Date {
  const moment = new Date(DAY.test(text) ? `${text}T00:00` : text);
  const [day = ''] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? [];
  const isNoDay = day !== '' && !isDay(day);
  if (isNoDay || Number.isNaN(moment.getTime())) throw new AicoError('PRIVACY_PERIOD_INVALID', { subject: text });
  return moment;
}

/** Of a day that there is not, JavaScript makes one of the next month. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
