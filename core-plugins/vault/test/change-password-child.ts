// Changes the password to and fro until it is killed; prints a line before and after each change.

import { createVault } from '../src/create-vault.ts';
import { PASSWORD, SMALL, SMALL_LIMITS } from './small-parameters.ts';

const [folder = '', from = PASSWORD] = process.argv.slice(2);
const vault = createVault(folder, { parameters: SMALL, limits: SMALL_LIMITS });
let current = from;
for (let round = 0; ; round += 1) {
  const next = `password number ${round} of ${process.pid}`;
  process.stdout.write(`try ${next}\n`);
  await vault.changePassword(current, next);
  process.stdout.write(`done ${next}\n`);
  current = next;
}
