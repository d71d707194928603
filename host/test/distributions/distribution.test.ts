import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listDistributions, readDistribution } from '../../src/distributions/distribution.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SHIPPED = join(import.meta.dirname, '../../distributions');
const REQUIRED = ['vault', 'storage', 'gateway', 'console'];

describe('the distributions', () => {
  test('are desktop, headless and minimal', () => {
    expect(listDistributions(SHIPPED)).toEqual(['desktop', 'headless', 'minimal']);
  });

  test.each(listDistributions(SHIPPED))('have what the product cannot do without: %s', (name) => {
    const { plugins } = readDistribution(SHIPPED, name);
    expect([...plugins].filter(([, choice]) => choice === 'required').map(([id]) => id)).toEqual(REQUIRED);
  });

  test.each(['desktop', 'headless'])('leave the samples to the user: %s', (name) => {
    const { plugins } = readDistribution(SHIPPED, name);
    expect([plugins.get('dice'), plugins.get('diary'), plugins.get('chat')]).toEqual(['off', 'off', 'on']);
  });

  test.each([
    ['an unknown key', '{"description": "A test.", "plugins": {"vault": "on"}, "plugin": {}}', /additional properties/],
    ['an unknown choice', '{"description": "A test.", "plugins": {"vault": "maybe"}}', /allowed values/],
    ['no plugins', '{"description": "A test."}', /plugins/],
    ['half a file', '{"description": ', /JSON/],
  ])('are refused with %s', (_, text, problem) => {
    const folder = temporaryFolder();
    cpSync(join(SHIPPED, 'distribution.schema.json'), join(folder, 'distribution.schema.json'));
    writeFileSync(join(folder, 'mine.json'), text);
    expect(listDistributions(folder)).toEqual(['mine']);
    expect(() => readDistribution(folder, 'mine')).toThrow(
      expect.objectContaining({
        code: 'HOST_DISTRIBUTION_INVALID',
        details: { problem: expect.stringMatching(problem) },
      }),
    );
  });

  test('name their schema, so that editors know it', () => {
    for (const name of listDistributions(SHIPPED)) {
      const { $schema } = JSON.parse(readFileSync(join(SHIPPED, `${name}.json`), 'utf8')) as { $schema: string };
      expect($schema).toBe('./distribution.schema.json');
    }
  });
});
