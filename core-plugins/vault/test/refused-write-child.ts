// Fails at a change of the password, and stays as it is for whoever looks into its memory.

import { createVault } from '../src/create-vault.ts';
import { SMALL, SMALL_LIMITS } from './small-parameters.ts';
import { codeOf } from './small-vault.ts';

const [folder = '', from = '', to = '', stays = ''] = process.argv.slice(2);
const vault = createVault(folder, { parameters: SMALL, limits: SMALL_LIMITS });
if (stays === 'open') await vault.unlock(from);
process.stdout.write(`${await codeOf(() => vault.changePassword(from, to))}\n`);
process.stdin.resume();
