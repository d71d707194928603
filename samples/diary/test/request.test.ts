import { expect, test } from 'vitest';
import { dayAt, isDay } from '../src/day.ts';
import { parseRequest } from '../src/request.ts';

test.each([
  ['', { kind: 'recent' }],
  ['  \n ', { kind: 'recent' }],
  ['2026-11-20', { kind: 'read', day: '2026-11-20' }],
  ['search  heron  lake', { kind: 'search', words: 'heron lake' }],
  ['Search heron', { kind: 'search', words: 'heron' }],
  ['search', { kind: 'search', words: '' }],
  ['Searched all day', { kind: 'write', text: 'Searched all day' }],
  ['2026-11-20 was fine', { kind: 'write', text: '2026-11-20 was fine' }],
])('understands "%s"', (typed, request) => {
  expect(parseRequest(typed)).toEqual(request);
});

test('knows the calendar', () => {
  expect(isDay('2024-02-29')).toBe(true);
  expect(isDay('2026-02-29')).toBe(false);
  expect(isDay('2026-13-01')).toBe(false);
});

test('tells the day in a zone', () => {
  expect(dayAt('2026-11-23T23:30:00Z', 'Asia/Tokyo')).toBe('2026-11-24');
  expect(dayAt('2026-11-23T23:30:00Z', undefined)).toBe('2026-11-23');
});
