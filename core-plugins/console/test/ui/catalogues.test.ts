import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { de } from '../../ui/src/i18n/de.ts';
import { en, type PhraseKey } from '../../ui/src/i18n/en.ts';
import { errorsDe } from '../../ui/src/i18n/errors-de.ts';
import { type Phrase, placeholders } from '../../ui/src/i18n/fill.ts';
import { KERNEL_PHRASES, translatePermission } from '../../ui/src/i18n/permission-phrases.ts';
import { permissionsDe } from '../../ui/src/i18n/permissions-de.ts';
import { listSources } from './list-sources.ts';

const KEYS = Object.keys(en) as PhraseKey[];
const formsOf = (phrase: Phrase): string[] => (typeof phrase === 'string' ? [phrase] : [phrase.one, phrase.other]);

describe('the German catalogue', () => {
  test('has every word of the English one, and no other [UI-1]', () => {
    expect(Object.keys(de).sort()).toEqual([...KEYS].sort());
  });

  test('fills each phrase with the same values, in the same forms', () => {
    const different = KEYS.filter((key) => {
      const [german, english] = [de[key], en[key]];
      return `${placeholders(german)}` !== `${placeholders(english)}` || typeof german !== typeof english;
    });
    expect(different).toEqual([]);
  });
});

test('no word of any catalogue is empty or padded', () => {
  for (const catalogue of [en, de]) {
    for (const key of KEYS) for (const form of formsOf(catalogue[key])) expect(form, key).toMatch(/^\S(.*\S)?$/s);
  }
});

test('every word is said somewhere, and every word that is said is in the catalogue', () => {
  const code = listSources('ui/src', /\.(svelte|ts)$/)
    .filter((path) => !path.includes('/i18n/'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const families = [...code.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)].map((match) => match[1] ?? '');
  const said = (key: string): boolean => code.includes(`'${key}'`) || families.some((family) => key.startsWith(family));
  const i18n = readFileSync(listSources('ui/src/i18n', /words\.svelte\.ts$/)[0] ?? '', 'utf8');
  expect(KEYS.filter((key) => !said(key) && !i18n.includes(`'${key}'`))).toEqual([]);
});

describe('errors, in German [UI-1]', () => {
  interface ErrorContract {
    readonly message: string;
    readonly rule: string;
    readonly fix: string;
  }
  const known = new Map(
    listSources('../../schemas/errors', /\.json$/).flatMap((path) =>
      Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, ErrorContract>),
    ),
  );
  /** Those that only authors of plugins, other programs and people at a terminal meet. */
  const ELSEWHERE = [
    /^(AUTHOR|HOST)_/,
    /^GATEWAY_(PORT|HOST|LISTEN|QUERY|INPUT|BODY_MALFORMED|BODY_TYPE|REQUEST|ROUTE|TOPIC|FRAME)_?/,
    /^REGISTRY_((FOLDER|KEY|VERSION|PUBLISHER|INDEX)_|SIGNER_OTHER)/,
    /^SDK_(?!HANDLER)/,
    /^STORAGE_(SQL|CONSTRAINT|RESULT|VALUE|UNKNOWN|MIGRATION_CHANGED|MIGRATION_ORDER)_?/,
    /^(BLOB_(OFFSET|RANGE)_WRONG|VAULT_PURPOSE_DENIED|VECTOR_(INVALID|DIMENSIONS)|NET_(HEADER|BODY)_REFUSED)$/,
    /^(CHAT_(TURN|CURSOR)_INVALID|CONFIG_FILE_UNREADABLE|CONSOLE_ASSET_MISSING|PRIVACY_UNCONFIRMED)$/,
    /^(EXPORT_(FOLDER_TAKEN|UNWRITABLE)|JOURNAL_GROUP_(UNKNOWN|CHANGED|LIMIT))$/,
    /^KERNEL_(SERVER_EXISTS|SERVER_KEY_MISSING|CANCELLED|DEBUGGER_REFUSED|DISPOSED|NOT_DURABLE)$/,
  ];

  test('have words wherever people meet them in the app, and nothing else has', () => {
    const wordless = [...known.keys()].filter((code) => !errorsDe.has(code));
    expect(wordless.filter((code) => !ELSEWHERE.some((kind) => kind.test(code)))).toEqual([]);
    expect([...errorsDe.keys()].filter((code) => !known.has(code))).toEqual([]);
  });

  test('speak only of what an error tells, since words with a gap are not said', () => {
    const untold = [...errorsDe].flatMap(([code, { message, fix = '' }]) => {
      const contract = known.get(code);
      const told = [contract?.message, contract?.rule, contract?.fix].flatMap((text) => placeholders(text ?? ''));
      return placeholders(`${message} ${fix}`).flatMap((name) =>
        name === 'subject' || told.includes(name) ? [] : [`${code}: ${name}`],
      );
    });
    expect(untold).toEqual([]);
  });
});

describe('what permissions mean, in German [UI-1, PLG-2]', () => {
  interface Contract {
    readonly words?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  }
  const { topics } = JSON.parse(readFileSync('schemas/topics.json', 'utf8')) as { topics: readonly Contract[] };
  const phrases = new Set(
    topics.flatMap(({ words = {}, limits = {} }) => [...Object.values(words), ...Object.values(limits)]),
  );

  test('has words for every phrase of the contracts, and no others', () => {
    expect([...phrases].filter((phrase) => !permissionsDe.has(phrase))).toEqual([]);
    expect(
      [...permissionsDe.keys()].filter((phrase) => !phrases.has(phrase) && !KERNEL_PHRASES.includes(phrase)),
    ).toEqual([]);
  });

  test.each([
    ['keep your conversations', 'deine Gespräche aufbewahren'],
    ['list what it stored; keep your conversations', 'auflisten, was es abgelegt hat; deine Gespräche aufbewahren'],
    [
      'contact other computers, and stay connected, also without encryption, only a.example, b.example and 3 more',
      'andere Rechner erreichen und verbunden bleiben, auch unverschlüsselt, nur a.example, b.example und 3 weitere',
    ],
    [
      'contact other computers, only those that you name in its settings, under "Feeds"',
      'andere Rechner erreichen, nur die, die du in seinen Einstellungen nennst, unter „Feeds“',
    ],
    ['keep your conversations, and more that nobody translated', undefined],
  ])('says "%s"', (english, german) => {
    expect(translatePermission(english, permissionsDe)).toBe(german);
  });
});
