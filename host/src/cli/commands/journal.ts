import { AicoError, type DeadLetter, type DeadLetterList, type From } from '@aico/schemas';
import { type CommandBus, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { journalText, lettersText, letterText } from './journal-text.ts';

export interface LettersOptions {
  readonly group?: string;
  readonly topic?: string;
}

export interface ReplayOptions extends LettersOptions {
  readonly from?: From;
}

export interface DiscardOptions extends LettersOptions {
  readonly yes?: boolean;
}

const PAGE = 200;
/** How many a question names one by one. */
const NAMED = 5;

/** `aico journal status` */
export async function runJournalStatus(context: CommandContext): Promise<number> {
  const status = await withBus(context.folders, (bus) => bus.request('journal.status.get.v1', {}));
  context.answer(status, journalText(status));
  return EXIT.done;
}

/** `aico journal letters`: events that could not be handled, newest first. */
export async function runJournalLetters(context: CommandContext, options: LettersOptions): Promise<number> {
  const letters = await withBus(context.folders, (bus) => findAll(bus, options));
  context.answer({ letters }, lettersText(letters));
  return EXIT.done;
}

/** `aico journal show <number>` */
export async function runJournalShow(
  context: CommandContext,
  number: string,
  options: LettersOptions,
): Promise<number> {
  const views = await withBus(context.folders, async (bus) => {
    const letters = await choose(bus, number, options);
    return Promise.all(letters.map(({ group, sequence }) => bus.request('journal.dead.get.v1', { group, sequence })));
  });
  context.answer({ letters: views }, views.map(letterText).join('\n'));
  return EXIT.done;
}

/**
 * `aico journal replay <number|all>`: hands them to their groups once more, oldest first;
 * `aico journal replay --group <name> --from <time>`: hands a group everything since then once more.
 * @throws AicoError HOST_USAGE_REPLAY, JOURNAL_GROUP_UNKNOWN, JOURNAL_LETTER_UNKNOWN
 */
export async function runJournalReplay(
  context: CommandContext,
  which: string,
  options: ReplayOptions,
): Promise<number> {
  const { from, group, topic } = options;
  // A whole group or some dead letters: never both, never a guess.
  if (from === undefined ? which === '' : which !== '' || group === undefined || topic !== undefined)
    throw new AicoError('HOST_USAGE_REPLAY', { subject: 'journal replay' });
  if (from !== undefined && group !== undefined) return rewind(context, group, from);
  return settle(context, which, options, 'journal.dead.replay.v1', 'tried again');
}

/** `aico journal discard <number|all>`: gives them up for good. */
export async function runJournalDiscard(
  context: CommandContext,
  which: string,
  options: DiscardOptions,
): Promise<number> {
  return settle(context, which, options, 'journal.dead.discard.v1', 'given up', (letters) => {
    if (options.yes === true || letters.length === 0) return;
    const named = letters.slice(0, NAMED).map(({ sequence, topic, group }) => `${sequence} (${topic} for ${group})`);
    const which = [...named, ...(letters.length > NAMED ? ['…'] : [])].join(', ');
    throw new AicoError('HOST_USAGE_CONFIRM', {
      subject: 'journal discard',
      details: { count: letters.length, which },
    });
  });
}

async function rewind(context: CommandContext, group: string, from: From): Promise<number> {
  const answer = await withBus(context.folders, (bus) => bus.request('journal.group.replay.v1', { group, from }));
  context.answer(answer, `${group} gets everything from number ${answer.sequence} on once more.`);
  return EXIT.done;
}

async function settle(
  context: CommandContext,
  which: string,
  options: LettersOptions,
  topic: 'journal.dead.replay.v1' | 'journal.dead.discard.v1',
  done: string,
  confirm: (letters: readonly DeadLetter[]) => void = () => {},
): Promise<number> {
  const letters = await withBus(context.folders, async (bus) => {
    const chosen = which === 'all' ? await findAll(bus, options) : await choose(bus, which, options);
    confirm(chosen);
    // Events of one key are to be handled in their order.
    const inOrder = [...chosen].sort((one, other) => one.sequence - other.sequence);
    for (const { group, sequence } of inOrder) await bus.request(topic, { group, sequence });
    return inOrder;
  });
  context.answer({ letters }, `${letters.length === 1 ? 'One event is' : `${letters.length} events are`} ${done}.`);
  return EXIT.done;
}

/** Those with a number; several groups may have given the same event up. @throws AicoError JOURNAL_LETTER_UNKNOWN */
async function choose(bus: CommandBus, number: string, options: LettersOptions): Promise<DeadLetter[]> {
  const found = (await findAll(bus, options)).filter(({ sequence }) => String(sequence) === number);
  if (found.length === 0)
    throw new AicoError('JOURNAL_LETTER_UNKNOWN', {
      subject: options.group ?? 'any group',
      details: { sequence: number },
    });
  return found;
}

async function findAll(bus: CommandBus, { group, topic }: LettersOptions): Promise<DeadLetter[]> {
  const wanted: DeadLetterList = { limit: PAGE, ...(group && { group }), ...(topic && { topic }) };
  const found: DeadLetter[] = [];
  for (;;) {
    const before = found.at(-1)?.sequence;
    const { letters, total } = await bus.request(
      'journal.dead.list.v1',
      before === undefined ? wanted : { ...wanted, before },
    );
    found.push(...letters);
    if (letters.length === 0 || found.length >= total) return found;
  }
}
