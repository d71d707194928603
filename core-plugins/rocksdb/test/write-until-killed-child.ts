import { Cache } from '../src/cache.ts';
import { CacheSeal } from '../src/cache-seal.ts';
import { RocksStore } from '../src/rocks-store.ts';

// Puts values aside until it is killed, and says which ones it was told are there.
const [folder = '', round = ''] = process.argv.slice(2);
const { store, begunAnew } = await RocksStore.open(folder);
if (begunAnew) throw new Error('what was there did not open');
const seal = new CacheSeal('5a'.repeat(32));
const cache = await Cache.open({ store, seal, maxBytes: () => 2 ** 30, now: () => Date.now() });
process.stdout.write('open\n');
for (let at = 0; ; at += 1) {
  await cache.set('diary', { key: `${round}-${at}`, value: `${at}`.repeat(20_000) });
  process.stdout.write(`${at}\n`);
}
