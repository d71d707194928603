import { expect, test } from 'vitest';
import { aicoHere, jsonHere } from '../support/aico-here.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test.each([
  ['aico plugin info', ['plugin', 'info'], "missing required argument 'id'"],
  ['aico status', ['status', 'extra'], "too many arguments for 'status'. Expected 0 arguments but got 1: extra"],
  ['aico plugin', ['plugin', 'lits'], "unknown command 'lits' (Did you mean list?)"],
  ['aico bus tap', ['bus', 'tap', '--seconds', '-1'], 'It is a whole number from 0 to 100000'],
  ['aico query', ['query', 'SELECT 1', '-n', '0'], 'It is a whole number from 1 to 10000'],
  ['aico audit search', ['audit', 'search', '-n', '501'], 'It is a whole number from 1 to 500'],
  ['aico forget message', ['forget', 'message', 'x'], '"x" is no id'],
  ['aico forget conversation', ['forget', 'conversation', '7'], '"7" is no id'],
  ['aico forget period', ['forget', 'period', '2026-03-01', '2026-02-01'], '2026-03-01 is not before 2026-02-01'],
  [
    'aico export',
    ['export', 'out', '-f', 'jsonl', 'markdown'],
    'Several after -f have commas between them and no spaces',
  ],
  ['aico export', ['export', 'out', '-f', 'jsonl', '-f', 'word'], 'as in -f jsonl,markdown'],
  ['aico backup verify', ['backup', 'verify', 'newest'], '"newest" is no backup'],
  ['aico backup conversations', ['backup', 'conversations', '--before', 'noon'], 'It is a time'],
])('a wrong call of %s is an error of the table, for people and as JSON [PLG-9]', async (subject, args, problem) => {
  const home = temporaryFolder();
  const { code, out, err } = await aicoHere(args, { home });
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^✗ aico .* was not understood: .*\n {2}See aico .* --help\.\n {2}HOST_USAGE_WRONG\n$/s);
  const { error } = await jsonHere(args, { home });
  expect(error).toMatchObject({ code: 'HOST_USAGE_WRONG', subject, message: expect.stringContaining(problem) });
});

test('a name of several commands alone shows those that there are', async () => {
  const { code, err } = await aicoHere(['plugin'], { home: temporaryFolder() });
  expect([code, err]).toEqual([2, expect.stringMatching(/^Usage: aico plugin .* list /s)]);
});
