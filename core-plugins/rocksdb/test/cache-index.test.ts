import { expect, test } from 'vitest';
import { CacheIndex } from '../src/cache-index.ts';

test('where there are too many entries those of the plugin go that has most, where they are too large those of the one that takes most [DATA-8]', () => {
  const index = new CacheIndex();
  const name = Buffer.alloc(16);
  index.put({ plugin: 'album', key: 'picture', name, bytes: 1000 });
  for (let at = 0; at < 5; at += 1) index.put({ plugin: 'crumbs', key: `crumb ${at}`, name, bytes: 1 });
  expect(index.first('entries')).toEqual({ plugin: 'crumbs', key: 'crumb 0' });
  expect(index.first('bytes')).toEqual({ plugin: 'album', key: 'picture' });
});
