/**
 * Answers in their order, of which the next are asked for while one is worked on. Whoever leaves early gets no more of them.
 * @param most how many are asked for, or wait to be worked on, or are worked on at a time
 */
export async function* askAhead<Wanted, Answer>(
  wanted: Iterable<Wanted>,
  most: number,
  ask: (wanted: Wanted) => Promise<Answer>,
): AsyncGenerator<Answer, void, undefined> {
  const asked: Promise<Answer>[] = [];
  for (const each of wanted) {
    for (const first of asked.splice(0, asked.length - most + 1)) yield await first;
    const answer = ask(each);
    // Its failure is told when it is its turn, or never, if another's came first.
    answer.catch(() => undefined);
    asked.push(answer);
  }
  for (const answer of asked) yield await answer;
}
