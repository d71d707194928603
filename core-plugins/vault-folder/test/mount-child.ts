// Opens the folder, says so, and waits to be killed.
import { mountFolder } from '../src/mount-folder.ts';

const [folder = '', key = ''] = process.argv.slice(2);
await mountFolder(folder, key);
process.stdout.write('open\n');
setInterval(() => undefined, 1000);
