import type { DeadLetter, DeadLetterView, JournalStatus } from '@aico/schemas';
import { printableData } from '../../printable.ts';
import { table } from '../table.ts';

/** What the journal keeps and who has had how much of it. */
export function journalText(status: JournalStatus): string {
  const { groups, topics } = printableData(status);
  const kept = topics.map(({ topic, events }) => [topic, `${events} kept`]);
  const who = groups.map(({ name, members, waiting, inFlight, dead, missed }) => [
    name,
    `${members} ${members === 1 ? 'member' : 'members'}`,
    `${waiting} waiting`,
    `${inFlight} being handled`,
    `${dead} given up`,
    missed > 0 ? `${missed} missed` : '',
  ]);
  const groupsText = who.length === 0 ? '  none\n' : table(who);
  return `Topics:\n${kept.length === 0 ? '  none\n' : table(kept)}\nReceivers:\n${groupsText}`;
}

/** Events that could not be handled, one to a line. */
export function lettersText(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'Nothing was left unhandled.\n';
  return table(
    letters
      .map(printableData)
      .map(({ sequence, topic, group, attempts, diedAt, problem = '' }) => [
        String(sequence),
        topic,
        group,
        `${attempts} ${attempts === 1 ? 'try' : 'tries'}`,
        diedAt,
        problem,
      ]),
  );
}

/** All about one. */
export function letterText(view: DeadLetterView): string {
  const { letter, data } = printableData(view);
  const facts = table([
    ['number', String(letter.sequence)],
    ['topic', letter.topic],
    ['sent', `by ${letter.sender}, ${letter.time}`],
    ['receivers', letter.group],
    ['given up', `${letter.diedAt}, after ${letter.attempts} tries`],
    ['problem', letter.problem ?? 'none was told'],
  ]);
  const says = data === undefined ? 'Sealed: only those it is for can read it.' : JSON.stringify(data, undefined, 2);
  return `${facts}\n${says}\n`;
}
