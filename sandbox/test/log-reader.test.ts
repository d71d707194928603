import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '@aico/kernel/contracts';
import { expect, test } from 'vitest';
import { LogReader, parseErrorLine, parseOutputLine } from '../src/log-reader.ts';

const settled = (): Promise<void> => delay(5);

test('lines are read however they are cut, and kept until somebody listens', async () => {
  const reader = new LogReader();
  const stream = new PassThrough();
  reader.read(stream, parseOutputLine);
  const bytes = Buffer.from('{"level":"warn","message":"Grüße","fields":{"a":1}}\nplain\n\nlast');
  for (let at = 0; at < bytes.length; at += 3) stream.write(bytes.subarray(at, at + 3));
  await settled();
  const lines: LogLine[] = [];
  reader.onLine((line) => lines.push(line));
  stream.end();
  await settled();
  expect(lines).toEqual([
    { level: 'warn', message: 'Grüße', fields: { a: 1 } },
    { level: 'info', message: 'plain' },
    { level: 'info', message: 'last' },
  ]);
  reader.close();
});

test('JSON that is no log line is shown as it is', () => {
  for (const text of ['{"level":"loud","message":"x"}', '{"level":"info"}', '{broken', '[1]', 'null']) {
    expect(parseOutputLine(text)).toEqual({ level: 'info', message: text });
  }
  expect(parseOutputLine('{"level":"info","message":"x","fields":[1]}')).toEqual({ level: 'info', message: 'x' });
  expect(parseErrorLine('oh')).toEqual({ level: 'warn', message: 'oh' });
});

test('a line without an end is cut, not collected', async () => {
  const reader = new LogReader();
  const stream = new PassThrough();
  const lines: LogLine[] = [];
  reader.onLine((line) => lines.push(line));
  reader.read(stream, parseErrorLine);
  for (let part = 0; part < 40; part += 1) stream.write('x'.repeat(10_000));
  stream.end('\n');
  await settled();
  expect(lines[0]?.message.length).toBeLessThanOrEqual(16 * 1024);
  reader.close();
});

test('a flood is counted, paused and forgotten when its second is over', async () => {
  const reader = new LogReader();
  const stream = new PassThrough({ highWaterMark: 64 * 1024 * 1024 });
  const lines: LogLine[] = [];
  reader.onLine((line) => lines.push(line));
  reader.read(stream, parseErrorLine);
  reader.limit(200);
  stream.write(`${'x'.repeat(9)}\n`.repeat(1_000));
  await settled();
  expect(lines).toHaveLength(200);
  stream.write(`${'y'.repeat(1_023)}\n`.repeat(2_500));
  await settled();
  expect(stream.isPaused()).toBe(true);
  await delay(1_100);
  expect(stream.isPaused()).toBe(false);
  const summary = lines.find(({ fields }) => fields?.['dropped'] !== undefined);
  expect(summary).toEqual({ level: 'warn', message: '3300 log lines were dropped', fields: { dropped: 3_300 } });
  stream.write('calm\n');
  await settled();
  expect(lines.at(-1)).toEqual({ level: 'warn', message: 'calm' });
  reader.close();
});

test("a minute's worth may come at once, and who is cut beyond it may have more by a higher limit [PLG-3]", async () => {
  const reader = new LogReader();
  const stream = new PassThrough();
  const lines: LogLine[] = [];
  const pressures: unknown[] = [];
  reader.onLine((line) => lines.push(line));
  reader.onPressure((pressure) => pressures.push(pressure));
  reader.read(stream, parseErrorLine);
  reader.limit(600);
  stream.write('x\n'.repeat(600));
  await settled();
  expect([lines.length, pressures]).toEqual([600, []]);
  stream.write('x\n'.repeat(900));
  await settled();
  expect(pressures).toEqual([{ resource: 'logs', step: 'throttled', used: 600, limit: 600 }]);
  reader.limit(1_500);
  stream.write('y\n'.repeat(900));
  await settled();
  expect(lines.filter(({ message }) => message === 'y')).toHaveLength(900);
  reader.close();
});

test('whoever logs more than it may is cut, told of once, and relieved when there is room again [PLG-3]', async () => {
  const reader = new LogReader();
  const stream = new PassThrough();
  const lines: LogLine[] = [];
  const pressures: unknown[] = [];
  reader.onLine((line) => lines.push(line));
  reader.onPressure((pressure) => pressures.push(pressure));
  reader.limit(10);
  reader.read(stream, parseErrorLine);
  stream.write('x\n'.repeat(50));
  await settled();
  const throttled = { resource: 'logs', step: 'throttled', used: 10, limit: 10 };
  expect([lines.length, pressures]).toEqual([10, [throttled]]);
  reader.limit(60);
  await expect.poll(() => pressures).toEqual([throttled, { resource: 'logs', step: 'relieved', used: 0, limit: 60 }]);
  expect(lines.at(-1)?.fields).toEqual({ dropped: 40 });
  stream.write('again\n');
  await settled();
  expect(lines.at(-1)?.message).toBe('again');
  reader.close();
});
