import type { ScheduleSet } from '@aico/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextAfter, readTiming } from '../src/timing.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');

/** The next runs of a timing, from a moment on. */
function runs(timing: Omit<ScheduleSet, 'name'>, from: string, count: number): string[] {
  const start = Date.parse(from);
  const read = readTiming({ name: 'a', ...timing }, start);
  const found: string[] = [];
  for (
    let at = nextAfter(read, start, start);
    at !== undefined && found.length < count;
    at = nextAfter(read, start, at)
  )
    found.push(new Date(at).toISOString());
  return found;
}

test('cron is read in its time zone, summer time included [PLG-5]', () => {
  expect(runs({ cron: '0 8 * * 1-5', timeZone: 'Europe/Oslo' }, '2026-03-26T12:00:00Z', 3)).toEqual([
    '2026-03-27T07:00:00.000Z',
    '2026-03-30T06:00:00.000Z',
    '2026-03-31T06:00:00.000Z',
  ]);
});

test('a time of day runs once where the clocks repeat an hour, and after the gap where they leave one out', () => {
  const night = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
  expect(runs(night, '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
  expect(runs(night, '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
});

test('every so often counts from when it was set; once is once', () => {
  expect(runs({ everySeconds: 90 }, '2026-11-26T12:00:05Z', 2)).toEqual([
    '2026-11-26T12:01:35.000Z',
    '2026-11-26T12:03:05.000Z',
  ]);
  expect(runs({ at: '2026-12-01T00:00:00Z' }, '2026-11-26T12:00:00Z', 5)).toEqual(['2026-12-01T00:00:00.000Z']);
});

test.each([
  ['none of the three', {}, 'it needs one of at, everySeconds and cron'],
  ['two of the three', { everySeconds: 60, cron: '0 8 * * *' }, 'it needs one of'],
  ['a zone without cron', { everySeconds: 60, timeZone: 'Europe/Oslo' }, 'timeZone goes with cron alone'],
  ['a day that is none', { at: '2026-13-41T00:00:00Z' }, 'is not in the calendar'],
  ['six fields', { cron: '* * * * * *' }, 'cron has 5 fields'],
  ['a nickname', { cron: '@daily' }, 'cron has 5 fields'],
  ['a minute that is none', { cron: '61 * * * *' }, 'cannot be read'],
  ['words', { cron: 'a b c d e' }, 'cannot be read'],
  ['a zone that is none', { cron: '0 8 * * *', timeZone: 'Mars/Olympus' }, 'the time zone Mars/Olympus is not known'],
  ['30 February', { cron: '0 0 30 2 *' }, 'never comes true'],
])('refuses %s, and says why', (_, timing, problem) => {
  expect(() => readTiming({ name: 'a', ...timing }, NOW)).toThrow(
    expect.objectContaining({ code: 'SCHEDULE_INVALID', subject: 'a', message: expect.stringContaining(problem) }),
  );
});

test('whatever cron says, the next run lies ahead, on a whole minute', () => {
  const field = (least: number, most: number) =>
    fc.oneof(fc.constant('*'), fc.integer({ min: least, max: most }).map(String), fc.constant('*/3'));
  const line = fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), fc.constant('*'));
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
  fc.assert(
    fc.property(line, zone, fc.integer({ min: 0, max: 4e9 }), (fields, timeZone, seconds) => {
      const after = seconds * 1000;
      const next = nextAfter(readTiming({ name: 'a', cron: fields.join(' '), timeZone }, NOW), NOW, after) ?? 0;
      expect(next).toBeGreaterThan(after);
      expect(next % 60_000).toBe(0);
    }),
    { numRuns: 60 },
  );
});
