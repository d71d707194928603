// Changes the password once and says so.

import { createVault } from '../src/create-vault.ts';
import { SMALL, SMALL_LIMITS } from './small-parameters.ts';

const [folder = '', from = '', to = ''] = process.argv.slice(2);
await createVault(folder, { parameters: SMALL, limits: SMALL_LIMITS }).changePassword(from, to);
process.stdout.write('done\n');
