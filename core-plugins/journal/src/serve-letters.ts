import type { Bus, DeadLetter, DeadLetterList } from '@aico/sdk';
import { matches, type Pattern, TOPICS, type Topic } from '@aico/sdk/protocol';
import type { Letter } from './group-state.ts';
import type { Journal } from './journal.ts';

const PAGE = 50;
/** As many as a page can hold. */
const MOST_LETTERS = 200;

/** Answers what the journal holds, and what became of events that could not be handled. */
export async function serveLetters(bus: Bus, journal: Journal): Promise<void> {
  await bus.serve('journal.status.get.v1', () => journal.status());
  await bus.serve('journal.event.list.v1', ({ data }) => journal.list(data.after, data.limit));
  await bus.serve('journal.group.replay.v1', async ({ data: { group, from } }) => ({
    sequence: await journal.rewind(group, from),
  }));
  await bus.serve('journal.dead.list.v1', ({ data }) => listLetters(journal, data));
  await bus.serve('journal.dead.get.v1', async ({ data: { group, sequence } }) => {
    const letter = letterOf(group, journal.group(group).letter(sequence));
    const event = isHidden(letter.topic) ? undefined : await journal.event(sequence);
    return event === undefined ? { letter } : { letter, data: event.data };
  });
  await bus.serve('journal.dead.replay.v1', async ({ data: { group, sequence } }) => {
    await journal.group(group).replay(sequence);
    await journal.flush();
    return {};
  });
  await bus.serve('journal.dead.discard.v1', async ({ data: { group, sequence } }) => {
    journal.group(group).discard(sequence);
    await journal.flush();
    return {};
  });
}

/** A page of dead letters, newest first. `before` is the last page's lowest sequence. */
export function listLetters(
  journal: Pick<Journal, 'groups'>,
  { group, topic, before = Number.POSITIVE_INFINITY, limit = PAGE }: DeadLetterList,
): { letters: DeadLetter[]; total: number } {
  const found: DeadLetter[] = [];
  for (const { name, state } of journal.groups) {
    if (group !== undefined && name !== group) continue;
    for (const letter of state.letters.values()) {
      if (topic === undefined || matches(topic as Pattern, letter.topic as Topic)) found.push(letterOf(name, letter));
    }
  }
  const rest = found.filter(({ sequence }) => sequence < before).sort((one, other) => other.sequence - one.sequence);
  return { letters: rest.slice(0, endOfPage(rest, limit)), total: found.length };
}

/** Several groups may have given up the same event: a page does not end between them, else the next one would miss some. */
function endOfPage(letters: readonly DeadLetter[], limit: number): number {
  const following = letters[limit]?.sequence;
  if (following === undefined) return limit;
  const begin = letters.findIndex(({ sequence }) => sequence === following);
  if (begin > 0) return begin;
  const end = letters.findIndex(({ sequence }) => sequence !== following);
  return Math.min(end < 0 ? letters.length : end, MOST_LETTERS);
}

function letterOf(group: string, { time, diedAt, ...letter }: Letter): DeadLetter {
  return { ...letter, group, time: new Date(time).toISOString(), diedAt: new Date(diedAt).toISOString() };
}

/** What nobody is shown stays hidden, dead or not. What is sealed, the journal cannot read: it comes as it lies there. */
function isHidden(topic: string): boolean {
  return TOPICS.some((contract) => contract.topic === topic && contract.redacted === true);
}
