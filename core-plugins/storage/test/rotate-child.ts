// Encrypts a database, or the files of its plugin, anew and says so.
import { BlobStore } from '../src/blobs/blob-store.ts';
import { databasesIn, keyOf } from './generation-keys.ts';

const [folder = '', plugin = 'diary', what = 'database'] = process.argv.slice(2);
process.stdout.write('begun\n');
if (what === 'database') await databasesIn(folder).rotate(plugin);
else await new BlobStore({ folder, keyOf: async (...key) => keyOf(...key), now: () => 0 }).rotate(plugin);
process.stdout.write('done\n');
process.exit(0);
