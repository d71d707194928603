import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReminder } from '../src/parse-reminder.ts';

/** Thursday. */
const NOW = Temporal.ZonedDateTime.from('2026-11-26T16:00:00+01:00[Europe/Oslo]');
const read = (typed: string, now = NOW) => {
  const request = parseReminder(typed, now);
  return request.kind === 'once' ? [request.at.toString().slice(0, 19), request.text] : request;
};

test.each([
  ['in 20 minutes Tea', '2026-11-26T16:20:00', 'Tea'],
  ['20m Tea', '2026-11-26T16:20:00', 'Tea'],
  ['me in 1 hour and 30 min to call Ada', '2026-11-26T17:30:00', 'call Ada'],
  ['in 1.5h Bread', '2026-11-26T17:30:00', 'Bread'],
  ['in 2 days 3 men come', '2026-11-28T16:00:00', '3 men come'],
  ['at 18:30 Call Ada', '2026-11-26T18:30:00', 'Call Ada'],
  ['at 9 Milk', '2026-11-27T09:00:00', 'Milk'],
  ['at 6.30 pm Train', '2026-11-26T18:30:00', 'Train'],
  ['at 12 am Moon', '2026-11-27T00:00:00', 'Moon'],
  ['tomorrow Dentist', '2026-11-27T09:00:00', 'Dentist'],
  ['Tomorrow at 7:05 that the bus is early', '2026-11-27T07:05:00', 'the bus is early'],
  ['on friday at 10 Cake', '2026-11-27T10:00:00', 'Cake'],
  ['thursday Bins', '2026-12-03T09:00:00', 'Bins'],
  ['on 2026-12-24 at 17:00 Candles', '2026-12-24T17:00:00', 'Candles'],
])('understands "%s"', (typed, at, text) => {
  expect(read(typed)).toEqual([at, text]);
});

test.each([
  ['every day at 8 Pills', '0 8 * * *', 'Pills'],
  ['every weekday at 8:45 Stand-up', '45 8 * * 1-5', 'Stand-up'],
  ['every sunday Call home', '0 9 * * 0', 'Call home'],
  ['every monday at 7:30 pm to put the bins out', '30 19 * * 1', 'put the bins out'],
])('understands "%s"', (typed, cron, text) => {
  expect(read(typed)).toEqual({ kind: 'again', cron, text });
});

test.each([
  ['Tea', 'I cannot tell when.'],
  ['at 25:00 Tea', 'I cannot tell when.'],
  ['on 2026-02-30 Tea', 'I cannot tell when.'],
  ['in 20 minutes', 'I can tell when, and not what of.'],
  ['today at 9 Tea', 'today at 9:00 has passed.'],
  ['on 2040-01-01 Tea', 'That is more than ten years ahead.'],
  ['every now and then Tea', 'I know `every day`, `every weekday` and `every monday`.'],
])('says what is wrong with "%s"', (typed, problem) => {
  expect(read(typed)).toEqual({ kind: 'unclear', problem });
});

test('a time of day that the clocks leave out is taken after the gap', () => {
  const eve = Temporal.ZonedDateTime.from('2026-03-28T20:00:00+01:00[Europe/Oslo]');
  expect(read('tomorrow at 2:30 Owl', eve)).toEqual(['2026-03-29T03:30:00', 'Owl']);
});

test('answers any text by a request, never by an error, and never in the past', () => {
  const words = fc.constantFrom(
    'in',
    'at',
    'every',
    'on',
    'tomorrow',
    '5',
    '99',
    'pm',
    'minutes',
    'monday',
    'Tea',
    '9:30',
    ':',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 7 }), (parts) => {
      const request = parseReminder(parts.join(' '), NOW);
      if (request.kind === 'once') expect(Temporal.ZonedDateTime.compare(request.at, NOW)).toBeGreaterThanOrEqual(0);
    }),
  );
});
