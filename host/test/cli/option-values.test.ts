import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { listOf, takesSeveral } from '../../src/cli/option-values.ts';

test('several values come with commas between them or the option once for each, and none is lost or doubled', () => {
  const parse = listOf((texts) => {
    if (texts.includes('')) throw new InvalidArgumentError('none');
    return texts;
  });
  expect(parse('markdown', parse('jsonl'))).toEqual(['jsonl', 'markdown']);
  expect(parse('jsonl, parquet', parse('jsonl,markdown'))).toEqual(['jsonl', 'markdown', 'parquet']);
  expect(() => parse('jsonl,')).toThrow(InvalidArgumentError);
  expect([takesSeveral({ parseArg: parse }), takesSeveral({})]).toEqual([true, false]);
});
