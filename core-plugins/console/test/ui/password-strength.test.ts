import { expect, test } from 'vitest';
import { passwordStrength, strengthMarks } from '../../ui/src/session/password-strength.ts';

test.each([
  ['', 'none'],
  ['short', 'tooShort'],
  ['password1!', 'common'],
  ['Passwort2026', 'common'],
  ['aaaaaaaaaaaa', 'weak'],
  ['abcdefghijkl', 'weak'],
  ['12345678901', 'weak'],
  ['tuesday7', 'weak'],
  ['kidpbwmxzq', 'fair'],
  ['lantern tide seven crow', 'good'],
  ['lantern tide seven crow velvet', 'strong'],
  ['x7$Kq9!mZ2&vLp', 'strong'],
] as const)('%j is %s [SEC-3]', (password, strength) => {
  expect(passwordStrength(password)).toBe(strength);
});

test('the marks grow with the strength', () => {
  const marks = (['none', 'weak', 'fair', 'good', 'strong'] as const).map(strengthMarks);
  expect(marks).toEqual([0, 1, 2, 3, 4]);
});
