import type { ErrorReport } from '@aico/sdk';
import { byteSize } from './byte-size.ts';
import { type Catalogue, en, type PhraseKey } from './en.ts';
import { type ErrorWords, translateError } from './error-words.ts';
import { fill, type Values } from './fill.ts';
import { type PermissionPhrases, translatePermission } from './permission-phrases.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

interface Loaded {
  readonly language: Language;
  readonly catalogue: Catalogue;
  readonly errors: ErrorWords;
  readonly permissions: PermissionPhrases;
  /** What plugins are called and are for, by their manifests' words. */
  readonly plugins: ReadonlyMap<string, string>;
  /** What plugins ask for something for, by their manifests' words. */
  readonly reasons: ReadonlyMap<string, string>;
  /** What their settings are called and mean, in the words of their forms. */
  readonly settings: ReadonlyMap<string, string>;
  /** Lists of plugins under the names in this language, so that a list that stays the same stays the same. */
  readonly named: WeakMap<object, object>;
}

const ENGLISH: Loaded = {
  ...{ language: 'en', catalogue: en, errors: new Map(), permissions: new Map() },
  ...{ plugins: new Map(), reasons: new Map(), settings: new Map(), named: new WeakMap() },
};

/** Every word that the app says, in the language chosen. English is built in; others are fetched when chosen. */
export class Words {
  #loaded = $state.raw<Loaded>(ENGLISH);

  get language(): Language {
    return this.#loaded.language;
  }

  async use(language: Language): Promise<void> {
    if (language === 'de') {
      const [{ de }, { errorsDe }, { permissionsDe }, { pluginWordsDe }, { reasonWordsDe }, { settingWordsDe }] =
        await Promise.all([
          import('./de.ts'),
          import('./errors-de.ts'),
          import('./permissions-de.ts'),
          import('./plugin-words-de.ts'),
          import('./reason-words-de.ts'),
          import('./setting-words-de.ts'),
        ]);
      const named = new WeakMap<object, object>();
      this.#loaded = {
        ...{ language, catalogue: de, errors: errorsDe, permissions: permissionsDe, plugins: pluginWordsDe },
        ...{ reasons: reasonWordsDe, settings: settingWordsDe, named },
      };
    } else {
      this.#loaded = ENGLISH;
    }
    document.documentElement.lang = language;
  }

  /** The phrase of a key, filled. */
  t(key: PhraseKey, values: Values = {}): string {
    return fill(this.#loaded.catalogue[key], values, this.language);
  }

  /** An error in plain words; its language says whether it could be translated. */
  error(report: ErrorReport): { readonly message: string; readonly fix?: string; readonly language: Language } {
    const translated = translateError(this.#withPermission(report), this.#loaded.errors);
    if (translated) return { ...translated, language: this.language };
    return { message: report.message, ...(report.fix && { fix: report.fix }), language: 'en' };
  }

  /** What a permission means, as it follows the name of a plugin; in English where there are no other words for it. */
  may(permission: string): string {
    return translatePermission(permission, this.#loaded.permissions) ?? permission;
  }

  /** What a plugin is called or is for; its language says whether there are words for it, as there are for AICO's own. */
  plugin(text: string): { readonly text: string; readonly language: Language } {
    return this.#told(this.#loaded.plugins, text);
  }

  /** What a plugin asks for something for; its language says whether there are words for it. */
  reason(text: string): { readonly text: string; readonly language: Language } {
    return this.#told(this.#loaded.reasons, text);
  }

  /** Plugins under the names that they have in this language. */
  named<Each extends { readonly name: string }>(plugins: readonly Each[]): readonly Each[] {
    const { plugins: told, named } = this.#loaded;
    if (told.size === 0) return plugins;
    const known = named.get(plugins) as readonly Each[] | undefined;
    if (known !== undefined) return known;
    const list = plugins.map((each) => ({ ...each, name: told.get(each.name) ?? each.name }));
    named.set(plugins, list);
    return list;
  }

  /** What a setting of a plugin is called or means; its language says whether there are words for it. */
  setting(text: string): { readonly text: string; readonly language: Language } {
    return this.#told(this.#loaded.settings, text);
  }

  #told(map: ReadonlyMap<string, string>, text: string): { readonly text: string; readonly language: Language } {
    const told = map.get(text);
    return told === undefined ? { text, language: 'en' } : { text: told, language: this.language };
  }

  /** Errors about permissions name them in words. */
  #withPermission(report: ErrorReport): ErrorReport {
    const { words } = report.details ?? {};
    return typeof words === 'string' ? { ...report, details: { ...report.details, words: this.may(words) } } : report;
  }

  date(date: Date, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.#locale, options).format(date);
  }

  time(date: Date): string {
    return this.date(date, { hour: '2-digit', minute: '2-digit' });
  }

  /** Today, yesterday, or the date. */
  day(date: Date, now: Date = new Date()): string {
    const days = calendarDay(now) - calendarDay(date);
    if (days === 0) return this.t('date.today');
    if (days === 1) return this.t('date.yesterday');
    const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
    if (days > 1 && days < 7) return this.date(date, { weekday: 'long' });
    return this.date(date, { day: 'numeric', month: 'long', ...year });
  }

  number(value: number, digits = 0): string {
    return value.toLocaleString(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  }

  /** A count of bytes in its largest unit. */
  bytes(bytes: number): string {
    return byteSize(bytes, (value, digits) => this.number(value, digits));
  }

  /** How long something lasted, in its largest unit. */
  duration(milliseconds: number): string {
    const minutes = Math.floor(milliseconds / 60_000);
    if (minutes < 1) return this.t('duration.moment');
    if (minutes < 60) return this.t('duration.minutes', { count: minutes });
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return this.t('duration.hours', { count: hours });
    return this.t('duration.days', { count: Math.floor(hours / 24) });
  }

  /** English as written here has 24 hours and day before month, as most of its readers do. */
  get #locale(): string {
    return this.language === 'en' ? 'en-GB' : this.language;
  }
}

function calendarDay(date: Date): number {
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}
