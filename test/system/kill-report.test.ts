import { expect, test } from 'vitest';
import { judgeKills, type Kill } from '../support/kills/kill-report.ts';

const PUBLISHED = 'sent 1 10\nkept 1 11\nsent 2 12\nkept 2 13\nsent 3 14\nrefused 3 KERNEL_NO_SERVER 15\n';
const FINE = '\ngot 1 0 1 5000\ndone 1 5010\ngot 2 0 2 5011\ndone 2 5020\n';
const kill = (victim: Kill['victim'], at: number): Kill => ({ victim, at, end: at + 500 });
const judge = (consumed: string, ...kills: Kill[]) => judgeKills(PUBLISHED, consumed, kills);
const GOOD = { acknowledged: 2, lost: [], denied: [], outOfOrder: [], repeated: 0, wronglyRepeated: [] };

// Whoever judges the kills must itself be able to say no.
test('what was handled once and in order is fine [BUS-6]', () => {
  expect(judge(FINE)).toEqual({ ...GOOD, oldestRepeatMs: 0 });
});

test('an acknowledged event that was begun and never done is lost, one that was refused is denied [BUS-6]', () => {
  expect(judge('got 1 0 1 5000\ndone 1 5010\ngot 2 0 2 5011\ngot 3 1 3 5012\ndone 3 50')).toMatchObject({
    lost: [2],
    denied: [],
  });
  expect(judge(`${FINE}got 3 1 3 5030\ndone 3 5040\n`).denied).toEqual([3]);
});

test('an event that overtakes another of its key is out of order; of another key it is not [BUS-6]', () => {
  expect(judge('got 2 0 1 5000\ndone 2 5001\ngot 1 0 2 5002\ndone 1 5003\n').outOfOrder).toHaveLength(1);
  expect(judge('got 2 0 2 5000\ndone 2 5001\ngot 1 0 1 5002\ndone 1 5003\n').outOfOrder).toHaveLength(2);
  expect(judge('got 2 0 2 5000\ndone 2 5001\ngot 1 1 1 5002\ndone 1 5003\n').outOfOrder).toEqual([]);
});

test('a repeat is allowed after a kill of who keeps or consumes, for what was open or just settled [BUS-6]', () => {
  const again = `${FINE}got 2 0 2 5600\ndone 2 5610\n`;
  expect(judge(again, kill('journal', 5100))).toEqual({ ...GOOD, repeated: 1, oldestRepeatMs: 80 });
  expect(judge(again, kill('consumer', 5012))).toMatchObject({ repeated: 1, wronglyRepeated: [] });
  expect(judge(again)).toMatchObject({ repeated: 0, wronglyRepeated: [expect.any(String)] });
  expect(judge(again, kill('publisher', 5100)).wronglyRepeated).toHaveLength(1);
  expect(judge(again, kill('host', 5700)).wronglyRepeated).toHaveLength(1);
  const late = `${FINE}got 2 0 2 9600\ndone 2 9610\n`;
  expect(judge(late, kill('host', 9000)).wronglyRepeated).toHaveLength(1);
});
