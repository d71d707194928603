import { expect, test } from 'vitest';
import { findBreaks, readRecord, renderApi } from '../scripts/public-api.ts';

test('what authors import is what sdk/api.md records; `node sdk/scripts/public-api.ts` records additions [PLG-9]', () => {
  expect(findBreaks(readRecord(), renderApi())).toEqual([]);
  expect(renderApi()).toBe(readRecord());
});

test('what is taken out or changed is a break, by its name, and what is added is none [PLG-9]', () => {
  const record = readRecord();
  const added = record.replace(
    'export interface Schedule {',
    'export interface Schedule {\n    pause(): Promise<void>;',
  );
  expect([added === record, findBreaks(record, added)]).toEqual([false, []]);
  const exported = record.replace('## define-plugin', "export type { More } from './more.ts';\n\n## define-plugin");
  expect([exported === record, findBreaks(record, exported)]).toEqual([false, []]);
  const gone = record.replace('    cancel(name: string): Promise<boolean>;\n', '');
  expect(findBreaks(record, gone)).toEqual([
    '## context > export interface Schedule { > cancel(name: string): Promise<boolean>;',
  ]);
  const changed = record
    .replace('readonly late', 'late')
    .replace('setTimer(milliseconds: number', 'setTimer(seconds: number');
  expect(findBreaks(record, changed)).toEqual([
    '## context > export interface PluginContext { > setTimer(milliseconds: number, handler: () => void | Promise<void>): Undo;',
  ]);
});

test('a version that says so may break: a major one, or a minor one before 1.0.0', () => {
  const at = (version: string, line: string): string => `# Public API of the SDK ${version}\n\n## bus\n\n${line}\n`;
  const breaks = (from: string, to: string): number => findBreaks(at(from, 'a(): void;'), at(to, 'b(): void;')).length;
  expect([
    breaks('0.1.0', '0.1.1'),
    breaks('0.1.0', '0.2.0'),
    breaks('1.1.0', '1.2.0'),
    breaks('1.1.0', '2.0.0'),
  ]).toEqual([1, 0, 1, 0]);
});
