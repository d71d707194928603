import { proveEscape } from './escape.ts';
import { proveJournalKills } from './journal-kills.ts';

/** Each proof prints what it measured and says whether it holds. */
const PROOFS: Readonly<Record<string, () => Promise<boolean>>> = {
  escape: proveEscape,
  'journal-kills': proveJournalKills,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(PROOFS, name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known: ${Object.keys(PROOFS).join(', ')}.`);
  process.exit(2);
}
for (const [name, prove] of Object.entries(PROOFS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`proof: ${name}`);
  if (!(await prove())) process.exitCode = 1;
}
