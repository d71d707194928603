import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptLog, acceptRecords } from '../../src/isolated/accept.ts';

test('well-formed records are taken as they are', () => {
  expect(acceptRecords('[[1,2,0,"a.v1","","{}"],[6,3,4,"","{}",""]]')).toEqual([
    { kind: 1, correlation: 2, sequence: 0, topic: 'a.v1', payload: '{}' },
    { kind: 6, correlation: 3, sequence: 4, topic: '', header: '{}' },
  ]);
});

test('anything else that a guest makes up is an error, never a strange record [PLG-6]', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      let taken: unknown[] = [];
      try {
        taken = acceptRecords(JSON.stringify([value]));
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      for (const record of taken) expect(Object.keys(record as object)).toContain('topic');
    }),
  );
  const lookAlike = JSON.stringify([[1, 2, 3, 'chat.message.created.v1'.replace('m', '\u016d'), '', '']]);
  const long = JSON.stringify([[1, 2, 3, 'a'.repeat(256), '', '']]);
  for (const text of [
    lookAlike,
    long,
    '{}',
    '[1]',
    '[[1,2,3,"t","",1]]',
    '[[1.5,2,3,"t","",""]]',
    '[[256,2,3,"t","",""]]',
    undefined,
  ]) {
    expect(() => acceptRecords(text)).toThrow();
  }
});

test('a log line of a guest is cut to size and read carefully [PLG-6]', () => {
  expect(acceptLog('warn', 'hi', '{"a":1}')).toEqual({ level: 'warn', message: 'hi', fields: { a: 1 } });
  expect(acceptLog('shout', 5, '1')).toEqual({ level: 'info', message: '5' });
  expect(() => acceptLog('info', 'x', '[1')).toThrow(SyntaxError);
  expect(acceptLog('info', 'x'.repeat(99_999), 'null').message).toHaveLength(8_192);
  expect(acceptLog('info', 'x', JSON.stringify({ a: 'y'.repeat(99_999) }))).toEqual({ level: 'info', message: 'x' });
});
