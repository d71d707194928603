import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchFolder } from '../../src/author/watch-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('changes that come together are told once, also in new folders; results of builds are not [PLG-9]', async () => {
  const folder = temporaryFolder();
  let told = 0;
  const unwatch = watchFolder(
    folder,
    () => void told++,
    (error) => expect.fail(error.message),
  );
  mkdirSync(join(folder, 'src'));
  for (const name of ['one.ts', 'two.ts']) writeFileSync(join(folder, 'src', name), 'export {};');
  await expect.poll(() => told).toBe(1);
  writeFileSync(join(folder, 'src', 'one.ts'), 'export { };');
  await expect.poll(() => told).toBe(2);
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist', 'index.js'), '');
  await sleep(300);
  expect(told).toBe(2);
  unwatch();
  writeFileSync(join(folder, 'plugin.json'), '{}');
  await sleep(300);
  expect(told).toBe(2);
});

test('a folder that is not there is told [PLG-9]', () => {
  const start = () =>
    watchFolder(
      join(temporaryFolder(), 'gone'),
      () => undefined,
      () => undefined,
    );
  expect(start).toThrow(expect.objectContaining({ code: 'AUTHOR_WATCH_FAILED' }));
});
