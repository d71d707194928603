import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AicoError, ERRORS, type ErrorCode, isAicoError, validators } from '../src/index.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

test('fills its sentences from subject and details [BUS-6]', () => {
  const error = new AicoError('REGISTRY_DOWNGRADE', {
    subject: 'dice',
    details: { version: '1.0.0', highest: '2.0.0' },
  });
  expect(error.message).toBe('dice 1.0.0 is older than 2.0.0, which was installed here before.');
  expect({ ...error }).toMatchObject({ code: 'REGISTRY_DOWNGRADE', subject: 'dice', status: 409 });
});

test('crosses a boundary without its cause, and is the same error on the other side [BUS-6]', () => {
  const error = new AicoError('REGISTRY_DEPENDENCY_MISSING', {
    subject: 'diary',
    details: { dependency: 'storage', range: '^1.0.0' },
    cause: new Error('with a secret'),
  });
  const report = JSON.parse(JSON.stringify(error.toReport()));
  expect(JSON.stringify(report)).not.toContain('secret');
  const other = AicoError.fromReport(report);
  expect(other.toReport()).toEqual(error.toReport());
  expect(isAicoError(other, 'REGISTRY_DEPENDENCY_MISSING')).toBe(true);
  expect(isAicoError(other, 'REGISTRY_DOWNGRADE')).toBe(false);
});

test('does not take an unknown code from outside for one of its own [BUS-6]', () => {
  for (const code of ['NOT_A_CODE', 'constructor', '__proto__']) {
    expect(AicoError.fromReport({ code, message: 'Nothing.' }).code).toBe('SDK_HANDLER_FAILED');
  }
});

test.each(CODES)('%s makes a report that fits its schema, with nothing left to fill in [BUS-6]', (code) => {
  const { message, rule, fix } = ERRORS[code];
  const names = [...`${message}${rule}${fix}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const details = Object.fromEntries(names.filter((name) => name !== 'subject').map((name) => [name, 'something']));
  const report = new AicoError(code, { subject: 'somebody', details }).toReport();
  expect(validators['control#ErrorReport'](report)).toBe(true);
  expect(JSON.stringify([report.message, report.rule, report.fix])).not.toMatch(/\{\w+\}/);
});

test('a report without a subject makes a report that still fits the schema [BUS-6]', () => {
  const error = AicoError.fromReport({ code: 'KERNEL_NO_SERVER', message: 'Nobody answers.' });
  expect(validators['control#ErrorReport'](error.toReport())).toBe(true);
});

test('docs/errors.md has each error of the table, and no other [BUS-6]', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
  const documented = [...text.matchAll(/^\| `([A-Z_0-9]+)` \|/gm)].map(([, code]) => code);
  expect(documented.sort()).toEqual([...CODES].sort());
});
