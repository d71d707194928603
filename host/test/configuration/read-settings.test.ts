import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSettings, type PluginSettings } from '../../src/configuration/check-settings.ts';
import { type CommandLineSettings, readSettings, type Settings } from '../../src/configuration/read-settings.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DISTRIBUTIONS = join(import.meta.dirname, '../../distributions');

const GATEWAY: PluginSettings = {
  id: 'gateway',
  schema: {
    type: 'object',
    properties: {
      port: { type: 'integer', minimum: 1, maximum: 65535, default: 4127 },
      hosts: { type: 'array', items: { type: 'string' }, default: [] },
      theme: { type: 'object', properties: { dark: { type: 'boolean' } }, additionalProperties: false, default: {} },
    },
  },
};

interface Given {
  readonly file?: string | object;
  readonly environment?: Record<string, string>;
  readonly commandLine?: CommandLineSettings;
}

function read({ file, environment, commandLine }: Given): Settings {
  const home = temporaryFolder();
  if (file !== undefined) {
    writeFileSync(join(home, 'config.json'), typeof file === 'string' ? file : JSON.stringify(file));
  }
  return readSettings({
    environment: { AICO_HOME: home, ...environment },
    commandLine: commandLine ?? {},
    distributionsFolder: DISTRIBUTIONS,
  });
}

function complaints(given: Given, plugins: readonly PluginSettings[] = [GATEWAY]): string[] {
  const settings = read(given);
  return [...settings.errors, ...checkSettings(settings.layers, plugins)].map(({ code, message }) => {
    return `${code}: ${message.replaceAll(settings.folders.home, '~')}`;
  });
}

describe('the layers of settings [SVC-2]', () => {
  test('begin with the defaults of the desktop distribution', () => {
    const { host, distribution } = read({});
    expect({ ...host, plugins: distribution.plugins.get('vault') }).toEqual({
      distribution: 'desktop',
      open: true,
      log: { level: 'info', terminal: 'warn', maxMb: 10, keep: 5, keepDays: 30 },
      plugins: 'required',
    });
  });

  test('let each layer outweigh those before it', () => {
    const file = { distribution: 'headless', log: { level: 'error', keep: 1, maxMb: 2 }, open: true };
    const environment = { AICO_LOG_LEVEL: 'debug', AICO_LOG_MAX_MB: '3', AICO_LOG_KEEP_DAYS: '7' };
    const { host } = read({ file, environment, commandLine: { open: false } });
    expect(host).toEqual({
      distribution: 'headless',
      open: false,
      log: { level: 'debug', terminal: 'warn', maxMb: 3, keep: 1, keepDays: 7 },
    });
  });

  test('take what a distribution says about settings of its own', () => {
    expect(read({ environment: { AICO_DISTRIBUTION: 'headless' } }).host.open).toBe(false);
  });

  test('read nested and dotted keys alike', () => {
    expect(read({ file: { 'log.level': 'warn', log: { keep: 9 } } }).host.log).toMatchObject({
      level: 'warn',
      keep: 9,
    });
  });

  test('accept a file with a byte order mark, as some editors write it', () => {
    expect(read({ file: '\uFEFF{"log": {"keep": 2}}' }).host.log.keep).toBe(2);
  });

  test('are right when there is nothing to complain about', () => {
    const file = { plugins: { gateway: { port: 4200, theme: { dark: true } } } };
    const environment = { AICO_PLUGINS_GATEWAY_HOSTS: 'a.example, b.example', AICO_OPEN: '0' };
    expect(complaints({ file, environment })).toEqual([]);
  });
});

describe('a setting that is wrong [SVC-2]', () => {
  const cases: readonly (readonly [what: string, given: Given, expected: readonly string[]])[] = [
    [
      'an unknown key in the file',
      { file: { log: { levle: 'debug' } } },
      [
        'CONFIG_KEY_UNKNOWN: There is no setting "log.levle" (from ~/config.json); the nearest known one is "log.level".',
      ],
    ],
    [
      'an unknown key of a plugin',
      { file: { plugins: { gateway: { prot: 1 } } } },
      [
        'CONFIG_KEY_UNKNOWN: There is no setting "plugins.gateway.prot" (from ~/config.json); the nearest known one is "plugins.gateway.port".',
      ],
    ],
    [
      'an unknown plugin',
      { file: { plugins: { gatway: { port: 1 } } } },
      [
        'CONFIG_KEY_UNKNOWN: There is no setting "plugins.gatway.port" (from ~/config.json); the nearest known one is "plugins.gateway.port".',
      ],
    ],
    [
      'a value in place of a group',
      { file: { log: 'debug' } },
      ['CONFIG_KEY_UNKNOWN: There is no setting "log" (from ~/config.json); the nearest known one is "home".'],
    ],
    [
      'an unknown variable',
      { environment: { AICO_LOG_LEVL: 'debug' } },
      [
        'CONFIG_KEY_UNKNOWN: There is no setting "AICO_LOG_LEVL" (from environment); the nearest known one is "AICO_LOG_LEVEL".',
      ],
    ],
    [
      'a key that would reach into an object',
      { file: '{"__proto__": {"polluted": true}}' },
      [
        'CONFIG_KEY_UNKNOWN: There is no setting "__proto__.polluted" (from ~/config.json); the nearest known one is "log.level".',
      ],
    ],
    [
      'a level that is none',
      { file: { log: { level: 'loud' } } },
      [
        'CONFIG_VALUE_INVALID: The setting "log.level" (from ~/config.json) must be one of trace, debug, info, warn, error, silent.',
      ],
    ],
    [
      'a number that is a text',
      { file: { log: { keep: '5' } } },
      ['CONFIG_VALUE_INVALID: The setting "log.keep" (from ~/config.json) must be integer.'],
    ],
    [
      'a number out of range',
      { environment: { AICO_LOG_MAX_MB: '0' } },
      ['CONFIG_VALUE_INVALID: The setting "log.maxMb" (from AICO_LOG_MAX_MB) must be >= 1.'],
    ],
    [
      'a variable that is no number',
      { environment: { AICO_PLUGINS_GATEWAY_PORT: 'http' } },
      ['CONFIG_VALUE_INVALID: The setting "plugins.gateway.port" (from AICO_PLUGINS_GATEWAY_PORT) must be integer.'],
    ],
    [
      'a wrong part of an object',
      { file: { plugins: { gateway: { theme: { dark: 'yes' } } } } },
      [
        'CONFIG_VALUE_INVALID: The setting "plugins.gateway.theme" (from ~/config.json) is wrong at "dark": must be boolean.',
      ],
    ],
    [
      'a distribution that does not exist',
      { commandLine: { distribution: 'server' } },
      [
        'CONFIG_VALUE_INVALID: The setting "distribution" (from the command line) must be one of desktop, headless, minimal.',
      ],
    ],
    [
      'a data folder named in a file that lies in it',
      { file: { home: '/elsewhere' } },
      [
        'CONFIG_VALUE_INVALID: The setting "home" (from ~/config.json) cannot be set in a file that lies in it; use AICO_HOME or --home.',
      ],
    ],
    [
      'several at once, all told',
      { file: { log: { level: 'loud' }, opne: true } },
      [
        'CONFIG_VALUE_INVALID: The setting "log.level" (from ~/config.json) must be one of trace, debug, info, warn, error, silent.',
        'CONFIG_KEY_UNKNOWN: There is no setting "opne" (from ~/config.json); the nearest known one is "open".',
      ],
    ],
  ];

  test.each(cases)('is told: %s', (_, given, expected) => {
    expect(complaints(given)).toEqual(expected);
  });

  test.each([
    ['that is not JSON', '{ "log": '],
    ['that is a list', '[]'],
    ['that is empty', ''],
  ])('stops everything when it is the whole file %s', (_, file) => {
    expect(() => read({ file })).toThrow(expect.objectContaining({ code: 'CONFIG_FILE_UNREADABLE' }));
  });

  test('is left to the plugin when its package cannot be read', () => {
    const file = { plugins: { gateway: { whatever: 1 } } };
    expect(complaints({ file }, [{ id: 'gateway', schema: 'unreadable' }])).toEqual([]);
  });

  test('never shows the value, which may be a secret', () => {
    const told = complaints({ environment: { AICO_PLUGINS_GATEWAY_PORT: 'hunter2' } });
    expect(told.join()).not.toContain('hunter2');
  });
});
