import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError, type Notice } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../src/configuration/check-settings.ts';
import { EnvironmentLayer } from '../../src/configuration/environment-layer.ts';
import { LayeredConfiguration } from '../../src/configuration/layered-configuration.ts';
import { RunTimeSettings } from '../../src/configuration/run-time-settings.ts';
import { type SecretKeeper, SecretSettings } from '../../src/configuration/secret-settings.ts';
import { JsonLayer } from '../../src/configuration/setting-layer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    port: { type: 'integer', minimum: 1, default: 4127 },
    name: { type: 'string', default: 'AICO' },
    model: { type: 'string' },
  },
};

class MemoryKeeper implements SecretKeeper {
  readonly kept = new Map<string, string>();
  locked = false;

  get = async (name: string): Promise<string | undefined> => this.#open().get(name);
  put = async (name: string, value: string): Promise<void> => void this.#open().set(name, value);
  delete = async (name: string): Promise<void> => void this.#open().delete(name);

  #open(): Map<string, string> {
    if (this.locked) throw new AicoError('VAULT_LOCKED', { subject: 'vault' });
    return this.kept;
  }
}

function open(file = join(temporaryFolder(), 'settings.json'), keeper = new MemoryKeeper()) {
  const notices: Notice[] = [];
  const tell = (notice: Notice): void => void notices.push(notice);
  const layers = [
    new JsonLayer('distribution', 'the distribution', { plugins: { gateway: { name: 'Desk', port: 1 } } }),
    new JsonLayer('file', 'config.json', { plugins: { gateway: { port: 2 } } }),
    new EnvironmentLayer({ AICO_PLUGINS_GATEWAY_PORT: '3' }),
  ];
  const configuration = new LayeredConfiguration(
    layers,
    new RunTimeSettings(file, tell),
    new SecretSettings(keeper),
    tell,
  );
  return { configuration, file, notices, keeper };
}

describe('the settings of a plugin [SVC-2]', () => {
  test('come from the strongest layer, with where each comes from', () => {
    const { configuration } = open();
    expect(configuration.valuesOf('gateway', SCHEMA)).toEqual({ port: 3, name: 'Desk' });
    expect(configuration.sourcesOf('gateway')).toEqual({ port: 'environment', name: 'distribution' });
    expect(configuration.valuesOf('other', SCHEMA)).toEqual({ port: 4127, name: 'AICO' });
    expect(configuration.valuesOf('bare', undefined)).toEqual({});
    expect(configuration.sourcesOf('never-asked')).toEqual({});
  });

  test('change at run time and are kept for the next start', async () => {
    const first = open();
    await first.configuration.set('gateway', SCHEMA, { port: 9, model: 'small' });
    expect(first.configuration.valuesOf('gateway', SCHEMA)).toEqual({ port: 9, name: 'Desk', model: 'small' });
    const second = open(first.file);
    expect(second.configuration.valuesOf('gateway', SCHEMA)).toEqual({ port: 9, name: 'Desk', model: 'small' });
    expect(second.configuration.sourcesOf('gateway')).toMatchObject({ port: 'run-time', model: 'run-time' });
  });

  test('go back to the layers below with null', async () => {
    const { configuration, file } = open();
    await configuration.set('gateway', SCHEMA, { port: 9 });
    await configuration.set('gateway', SCHEMA, { port: null });
    expect(configuration.valuesOf('gateway', SCHEMA)).toMatchObject({ port: 3 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ format: 1, plugins: { gateway: {} } });
  });

  test('refuse an unknown key and a wrong value, and change nothing', async () => {
    const { configuration, file } = open();
    await expect(configuration.set('gateway', SCHEMA, { prot: 9 })).rejects.toMatchObject({
      code: 'CONFIG_KEY_UNKNOWN',
      message: 'There is no setting "prot" (from run-time); the nearest known one is "port".',
    });
    await expect(configuration.set('gateway', SCHEMA, { port: 0 })).rejects.toMatchObject({
      code: 'CONFIG_VALUE_INVALID',
      message: 'The setting "plugins.gateway.port" (from run-time) must be >= 1.',
    });
    expect(configuration.valuesOf('gateway', SCHEMA)).toMatchObject({ port: 3 });
    expect(existsSync(file)).toBe(false);
  });

  test('lose none of several changes at once', async () => {
    const { configuration } = open();
    await Promise.all([
      configuration.set('gateway', SCHEMA, { port: 8 }),
      configuration.set('gateway', SCHEMA, { name: 'A' }),
      configuration.set('gateway', SCHEMA, { model: 'B' }),
    ]);
    expect(configuration.valuesOf('gateway', SCHEMA)).toEqual({ port: 8, name: 'A', model: 'B' });
  });

  test('are not changed when they cannot be kept', async () => {
    const { configuration } = open(join(temporaryFolder(), 'missing', 'settings.json'));
    await expect(configuration.set('gateway', SCHEMA, { port: 8 })).rejects.toMatchObject({
      code: 'HOST_STATE_UNWRITABLE',
    });
    expect(configuration.valuesOf('gateway', SCHEMA)).toMatchObject({ port: 3 });
  });

  test('give way, with a notice, when an update made what was kept wrong', async () => {
    const { configuration, notices } = open();
    await configuration.set('gateway', SCHEMA, { port: 9, name: 'A' });
    const newer = { properties: { ...SCHEMA.properties, port: { type: 'integer', maximum: 5, default: 5 } } };
    expect(configuration.valuesOf('gateway', newer)).toEqual({ port: 3, name: 'A' });
    expect(configuration.valuesOf('gateway', newer)).toEqual({ port: 3, name: 'A' });
    expect(notices.map(({ code }) => code)).toEqual(['CONFIG_VALUE_INVALID']);
  });

  test('set a damaged file aside and go on', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'settings.json');
    writeFileSync(file, '{"format": 1, "plugins": {"gateway": 5}}');
    const { configuration, notices } = open(file);
    expect(configuration.valuesOf('gateway', SCHEMA)).toMatchObject({ port: 3 });
    expect(notices.map(({ code }) => code)).toEqual(['HOST_STATE_DAMAGED']);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^settings\.json\.damaged-/)]);
  });

  test.each([
    ['properties that are none', { properties: { port: 5 } }],
    ['a type that is none', { properties: { port: { type: 'whole' } } }],
    ['a reference to nowhere', { properties: { port: { $ref: 'https://example.org/port' } } }],
  ])('are refused when their schema has %s', (_, schema) => {
    const { configuration } = open();
    expect(() => configuration.valuesOf('other', schema)).toThrow(
      expect.objectContaining({ code: 'CONFIG_SCHEMA_INVALID', subject: 'other' }),
    );
  });
});

describe('a secret setting [SEC-1, PLG-5]', () => {
  const secret = {
    type: 'object',
    properties: { token: { type: 'string', writeOnly: true, minLength: 4 }, port: { type: 'integer', default: 1 } },
  };

  test('is kept by its keeper alone, and at hand again once it is fetched', async () => {
    const first = open();
    await first.configuration.set('mail', secret, { token: 'hidden', port: 2 });
    expect(first.configuration.valuesOf('mail', secret)).toEqual({ token: 'hidden', port: 2 });
    expect(readFileSync(first.file, 'utf8')).not.toContain('hidden');
    expect([...first.keeper.kept.values()]).toEqual(['"hidden"']);
    const second = open(first.file, first.keeper);
    second.keeper.locked = true;
    await second.configuration.prepare('mail', secret);
    expect(second.configuration.valuesOf('mail', secret)).toEqual({ port: 2 });
    expect(second.configuration.sourcesOf('mail')).toEqual({ port: 'run-time', token: 'run-time' });
    second.keeper.locked = false;
    await second.configuration.prepare('mail', secret);
    expect(second.configuration.valuesOf('mail', secret)).toEqual({ token: 'hidden', port: 2 });
    await second.configuration.set('mail', secret, { token: null });
    expect(second.configuration.valuesOf('mail', secret)).toEqual({ port: 2 });
    expect(second.configuration.sourcesOf('mail')).toEqual({ port: 'run-time' });
    expect(second.keeper.kept.size).toBe(0);
  });

  test('is refused while the keeper is locked and when it does not fit, and nothing changes', async () => {
    const { configuration, keeper } = open();
    await expect(configuration.set('mail', secret, { token: 'no' })).rejects.toMatchObject({
      code: 'CONFIG_VALUE_INVALID',
      message: expect.not.stringContaining('"no"'),
    });
    keeper.locked = true;
    await expect(configuration.set('mail', secret, { token: 'hidden' })).rejects.toMatchObject({
      code: 'CONFIG_SECRET_LOCKED',
    });
    expect(configuration.valuesOf('mail', secret)).toEqual({ port: 1 });
  });

  test('that an earlier version kept openly is moved to the keeper at the next start', async () => {
    const { configuration, keeper, file } = open();
    await configuration.set('mail', { type: 'object', properties: { token: { type: 'string' } } }, { token: 'hidden' });
    expect(readFileSync(file, 'utf8')).toContain('hidden');
    await configuration.prepare('mail', secret);
    expect(readFileSync(file, 'utf8')).not.toContain('hidden');
    expect([...keeper.kept.values()]).toEqual(['"hidden"']);
    expect(configuration.valuesOf('mail', secret)).toEqual({ token: 'hidden', port: 1 });
  });

  test('in the settings file or in a variable is refused by name, never by its value', () => {
    const layer = new JsonLayer('file', 'config.json', { plugins: { mail: { token: 'hidden' } } });
    const [error] = checkSettings([layer], [{ id: 'mail', schema: secret }]);
    expect(error).toMatchObject({ code: 'CONFIG_VALUE_INVALID', subject: 'plugins.mail.token' });
    expect(JSON.stringify(error?.toReport())).not.toContain('hidden');
  });
});
