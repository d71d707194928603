import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PASSWORD } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

const ANSWER_MS = 180_000;
const LONG = Array.from({ length: 60 }, () => 't.s').join(' || ');

test('questions whose texts would fill gigabytes end, and not the process that answers them [DATA-4]', {
  timeout: ANSWER_MS,
}, async (context) => {
  if (!existsSync('/usr/bin/prlimit')) context.skip('prlimit is not installed here');
  const product = await Product.start();
  await product.unlock(PASSWORD, '--create');
  for (const sql of [
    "select length(replace(repeat('a', 100000), 'a', repeat('b', 100000)))",
    `select max(length(${LONG})) from (select repeat('x', 100000) || x::varchar s from range(2048) r(x)) t`,
  ]) {
    const { code, stderr } = await product.aico('query', sql);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ANALYTICS_MEMORY') });
    expect(await product.aico('query', '--csv', 'select 1 as one')).toMatchObject({
      code: 0,
      stdout: 'one\r\n1\r\n',
    });
  }
  const { stdout } = await product.aico('plugin', 'info', 'analytics', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ state: 'active', restarts: 0 });
});
