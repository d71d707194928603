// Encrypts a database anew and says so.
import { databasesIn } from './generation-keys.ts';

const [folder = ''] = process.argv.slice(2);
const databases = databasesIn(folder);
process.stdout.write('begun\n');
await databases.rotate('diary');
process.stdout.write('done\n');
process.exit(0);
