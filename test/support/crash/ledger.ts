import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packStranger } from '../stranger.ts';

/** Id of the plugin that writes and migrates all the time. */
export const LEDGER = 'ledger';
const FILE = 'ledger.log';

// A line is in the hands of the operating system before anything follows from it: it survives the death of its process.
const CODE = `import { openSync, readFileSync, writeSync } from 'node:fs';
export default { async activate(ctx) {
  const path = ctx.dataFolder + '/${FILE}';
  const file = openSync(path, 'a+');
  // Ends a line that a kill may have torn.
  writeSync(file, '\\n');
  const note = (...words) => writeSync(file, words.join(' ') + '\\n');
  const noted = (word) => readFileSync(path, 'utf8').split('\\n').filter((line) => line.startsWith(word + ' ')).map((line) => Number(line.split(' ')[1]));
  const highest = (word) => noted(word).reduce((most, each) => Math.max(most, each), 0);
  const step = (version) => version === 1
    ? { version, name: 'pairs', sql: 'CREATE TABLE pair (id INTEGER PRIMARY KEY, other INTEGER, filler TEXT)' }
    : { version, name: 'step ' + version, sql: 'CREATE TABLE step_' + version + ' AS SELECT count(*) AS pairs FROM pair; UPDATE pair SET other = other + 1;' };
  // Noted before it is asked for: no database is of a newer version than its plugin knows.
  const migrate = async (version) => {
    note('step', version);
    await ctx.storage.migrate(Array.from({ length: version }, (_, at) => step(at + 1)));
    note('migrated', version);
  };
  await migrate(highest('step') + 1);
  const rows = await ctx.storage.query('SELECT id, other FROM pair');
  const there = new Map(rows.map(({ id, other }) => [id, other]));
  const odd = new Set([...there.entries()].map(([id, other]) => other - id)).size > highest('step') + 1;
  const keys = await ctx.storage.get('last');
  note('checked', noted('kept').filter((id) => !there.has(id)).length, (keys ?? 0) < highest('set') ? 1 : 0, odd ? 1 : 0);
  let id = Math.max(0, ...there.keys(), highest('kept'));
  const write = async () => {
    id += 1;
    const mine = id;
    await ctx.storage.batch([{ sql: 'INSERT INTO pair VALUES (?, ?, ?)', values: [mine, mine, 'x'.repeat((mine * 37) % 3000)] }]);
    note('kept', mine);
    await ctx.storage.set('last', mine);
    note('set', mine);
    if (mine % 40 === 0) await migrate(highest('step') + 1);
  };
  const go = () => write().then(() => ctx.setTimer(0, go), (error) => { note('failed', error.code ?? error.message); ctx.setTimer(200, go); });
  go();
} };`;

const MANIFEST = {
  tier: 'trusted',
  needs: ['vault.unlocked'],
  permissions: ['kv.get', 'kv.set', 'sql.batch', 'sql.migrate'].map((call) => ({
    verb: 'request',
    topic: `storage.${call}.v1`,
    reason: 'to prove that nothing is lost',
  })),
  process: { files: [{ path: '$data', mode: 'readWrite' }] },
};

/** A signed package of the plugin; its path. */
export function packLedger(folder: string): Promise<string> {
  return packStranger(folder, LEDGER, CODE, MANIFEST);
}

/** What the plugin noted of its lives. */
export interface LedgerNotes {
  readonly kept: number;
  readonly migrated: number;
  /** How often it looked whether all is there. */
  readonly checked: number;
  /** What was acknowledged and was not there at a start. */
  readonly lost: number;
  readonly failures: readonly string[];
}

export function readLedger(home: string): LedgerNotes {
  const lines = readFileSync(join(home, 'data', LEDGER, FILE), 'utf8').split('\n');
  const of = (word: string) => lines.map((line) => line.split(' ')).filter(([first]) => first === word);
  const checks = of('checked').filter((words) => words.length === 4);
  return {
    kept: of('kept').length,
    migrated: of('migrated').length,
    checked: checks.length,
    lost: checks.reduce((sum, [, ...counts]) => sum + counts.map(Number).reduce((one, other) => one + other), 0),
    // A product that stops refuses what is asked of it meanwhile.
    failures: of('failed')
      .map(([, code = '']) => code)
      .filter((code) => !code.startsWith('KERNEL_')),
  };
}
