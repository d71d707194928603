import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

const FIRST = "{ version: 1, name: 'lines', sql: 'CREATE TABLE line (text TEXT)' }";
const SECOND = "{ version: 2, name: 'renamed', sql: 'ALTER TABLE line RENAME TO entry; DELETE FROM entry' }";

/** Keeps lines. A version with two steps keeps them in another table, and does not start when it is told so. */
const codeOf = (
  id: string,
  steps: string,
  table: string,
  end: string,
): string => `export default { async activate(ctx) {
  await ctx.storage.migrate([${steps}]);
  ${end}
  await ctx.bus.serve('plugin.${id}.command.run.v1', async ({ data }) => {
    await ctx.storage.batch([{ sql: 'INSERT INTO ${table} VALUES (?)', values: [data.arguments] }]);
    const rows = await ctx.storage.query('SELECT text FROM ${table} ORDER BY rowid');
    return { text: rows.map(({ text }) => text).join(' ') };
  });
} };`;

test('a newer version that migrates its database and then does not start leaves it to the older one as it was; one that starts keeps it [DATA-1, UPD-4]', async () => {
  const home = await temporaryHome();
  await trustStranger(home, 'isolated', 'trusted');
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id: conversation } = await session.conversation();
  const install = async (id: string, tier: string, version: string, code: string) => {
    const permissions = [
      { verb: 'serve', topic: `plugin.${id}.command.run.v1`, reason: 'to keep lines' },
      ...['migrate', 'batch'].map((call) => ({
        verb: 'request',
        topic: `storage.sql.${call}.v1`,
        reason: 'to keep lines',
      })),
    ];
    const contributes = { commands: [{ name: id, description: 'Keeps a line' }] };
    const changes = { tier, version, permissions, contributes, needs: ['vault.unlocked'] };
    return product.aico('plugin', 'install', await packStranger(home, id, code, changes));
  };
  const say = async (id: string, line: string) => (await session.turn(conversation, `/${id} ${line}`)).reply?.text;
  const copies = () => readdirSync(join(home, 'data', 'storage')).filter((name) => name.includes('-before-'));
  for (const [id, tier] of [
    ['beside', 'isolated'],
    ['instead', 'trusted'],
  ] as const) {
    expect((await install(id, tier, '1.0.0', codeOf(id, FIRST, 'line', ''))).code).toBe(0);
    await product.aico('plugin', 'enable', id);
    expect(await say(id, 'one')).toBe('one');
    const both = `${FIRST}, ${SECOND}`;
    await install(id, tier, '2.0.0', codeOf(id, both, 'entry', "throw new Error('I do not start');"));
    await expect
      .poll(() => session.plugin(id), { timeout: 20_000 })
      .toMatchObject({ state: 'active', version: '1.0.0' });
    expect(await say(id, 'two')).toBe('one two');
    await expect.poll(copies, { timeout: 5_000 }).toEqual([]);
    expect((await install(id, tier, '3.0.0', codeOf(id, both, 'entry', ''))).code).toBe(0);
    await expect
      .poll(() => session.plugin(id), { timeout: 20_000 })
      .toMatchObject({ state: 'active', version: '3.0.0' });
    expect(await say(id, 'three')).toBe('three');
    await expect.poll(copies, { timeout: 5_000 }).toEqual([]);
  }
}, 120_000);
