import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrowserSession, PASSWORD } from '../support/browser-session.ts';
import { environmentOf, HOST, Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

/** Says what it is told as a topic, and fails over it when it starts the next time. */
const CODE = `export default { async activate(ctx) {
  ctx.log.warn('it begins');
  const kept = await ctx.storage.get('word');
  await ctx.bus.serve('plugin.gossip.command.run.v1', async ({ data }) => {
    await ctx.storage.set('word', data.arguments);
    await ctx.bus.publish('gossip.' + data.arguments + '.v1', {}).catch(() => {});
    return { text: 'told' };
  });
  if (kept !== undefined) throw new Error('it fell over ' + kept);
} };`;

const MANIFEST = {
  needs: ['vault.unlocked'],
  permissions: [
    { verb: 'serve', topic: 'plugin.gossip.command.run.v1', reason: 'to be told' },
    { verb: 'request', topic: 'storage.kv.get.v1', reason: 'to remember' },
    { verb: 'request', topic: 'storage.kv.set.v1', reason: 'to remember' },
  ],
  contributes: { commands: [{ name: 'gossip', description: 'Tells a word', usage: '/gossip word' }] },
};

test('what a plugin logs is sealed from the moment on that the first vault opens, also in a refused topic, and without the key that was kept [SEC-1]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const first = await Product.start({ home });
  for (const given of [
    ['install', await packStranger(home, 'gossip', CODE, MANIFEST)],
    ['enable', 'gossip'],
  ])
    expect((await first.aico('plugin', ...given)).code).toBe(0);
  const log = (name: string) => readFileSync(join(home, 'logs', `${name}.log`), 'utf8');
  const session = await BrowserSession.setup(first.url, PASSWORD);
  await expect.poll(async () => (await session.plugin('gossip')).state, { timeout: 20_000 }).toBe('active');
  await expect.poll(() => log('gossip')).toContain('sealed');
  expect(log('gossip')).not.toContain('begins');

  const { id } = await session.conversation();
  expect((await session.turn(id, '/gossip mycatisill')).reply).toMatchObject({ text: 'told' });
  await expect.poll(() => log('host')).toContain('broke a rule');
  expect(log('host')).not.toContain('mycatisill');
  const shown = async () => (await first.aico('logs')).stdout;
  await expect.poll(shown, { timeout: 10_000 }).toContain('gossip.mycatisill.v1');
  expect((await first.aico('logs', '-n', '0')).stdout).toBe('');
  await first.stop();

  rmSync(join(home, 'state', 'log-key.json'));
  for (const more of [[], ['--json']]) expect(await outputOf(home, more)).not.toContain('mycatisill');
  expect(log('host') + log('gossip')).not.toMatch(/mycatisill|begins/);
}, 120_000);

/** What a start says for a service manager, with the password handed over, until the plugin has failed. */
async function outputOf(home: string, more: readonly string[]): Promise<string> {
  const options = { env: environmentOf(home) };
  const child = spawn(process.execPath, [HOST, 'start', '--password-fd', '0', ...more], options);
  child.stdin.end(`${PASSWORD}\n`);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      output += part.toString();
    });
  await expect.poll(() => output, { timeout: 40_000 }).toMatch(/gossip.*(crashed|quarantined|backoff)/);
  child.kill('SIGTERM');
  await once(child, 'exit');
  return output;
}
