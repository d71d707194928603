import { parseArgs } from 'node:util';
import { proveBlobs } from './blobs.ts';
import { proveBusSoak } from './bus-soak.ts';
import { proveCrash } from './crash.ts';
import { proveCycles } from './cycles.ts';
import { proveEscape } from './escape.ts';
import { proveJournalKills } from './journal-kills.ts';
import { proveKills } from './kills.ts';
import { proveSockets } from './sockets.ts';

/** Each proof prints what it measured and says whether it holds. */
const PROOFS: Readonly<Record<string, (minutes?: number) => Promise<boolean>>> = {
  blobs: proveBlobs,
  'bus-soak': proveBusSoak,
  crash: proveCrash,
  cycles: proveCycles,
  escape: proveEscape,
  'journal-kills': proveJournalKills,
  kills: proveKills,
  sockets: proveSockets,
};

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  // Bounds the proofs that go on for a time.
  options: { minutes: { type: 'string' } },
});
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
const unknown = names.filter((name) => !Object.hasOwn(PROOFS, name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known: ${Object.keys(PROOFS).join(', ')}.`);
  process.exit(2);
}
for (const [name, prove] of Object.entries(PROOFS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`proof: ${name}`);
  if (!(await prove(minutes))) process.exitCode = 1;
}
