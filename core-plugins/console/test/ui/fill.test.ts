import { describe, expect, test } from 'vitest';
import { translateError } from '../../ui/src/i18n/error-words.ts';
import { errorsDe } from '../../ui/src/i18n/errors-de.ts';
import { fill } from '../../ui/src/i18n/fill.ts';

describe('a phrase', () => {
  test('is filled by name, numbers as the language writes them', () => {
    expect(fill('{name} has {count} things', { name: 'Ada', count: 1234 }, 'en')).toBe('Ada has 1,234 things');
    expect(fill('{count} Dinge', { count: 1234 }, 'de')).toBe('1.234 Dinge');
  });

  test('chooses its plural form', () => {
    const phrase = { one: 'one thing', other: '{count} things' };
    expect([0, 1, 2].map((count) => fill(phrase, { count }, 'en'))).toEqual(['0 things', 'one thing', '2 things']);
  });

  test('leaves a placeholder without a value to be seen', () => {
    expect(fill('Hello {name}', {}, 'en')).toBe('Hello {name}');
  });

  test('does not fill what a value brings along', () => {
    expect(fill('{text}', { text: '{secret}', secret: 'x' }, 'en')).toBe('{secret}');
  });
});

describe('an error', () => {
  test('is translated when its values are all there', () => {
    const report = { code: 'VAULT_THROTTLED', message: 'Too many.', details: { seconds: 4 } };
    expect(translateError(report, errorsDe)?.message).toContain('in 4 s');
  });

  test('is translated with its problem where that is a sentence of ours; what a system says stays as it is', () => {
    const keyring = (problem: string) =>
      translateError({ code: 'VAULT_KEYRING_UNAVAILABLE', message: 'No.', details: { problem } }, errorsDe)?.message;
    expect(keyring('it does not answer')).toBe('Der Schlüsselbund dieses Geräts hilft nicht: Er antwortet nicht.');
    expect(keyring('E_FAIL')).toBe('Der Schlüsselbund dieses Geräts hilft nicht: E_FAIL.');
  });

  test('stays as the contract says it when a value is missing, or there are no words', () => {
    expect(translateError({ code: 'VAULT_THROTTLED', message: 'Too many.' }, errorsDe)).toBeUndefined();
    expect(translateError({ code: 'BUS_UNHEARD_OF', message: 'New.' }, errorsDe)).toBeUndefined();
  });
});
