import type { Product } from '../product.ts';
import { packStranger } from '../stranger.ts';

/** A plugin that puts what it is told into every place that a plugin has, logs it under all sorts of names and in plain, and falls over it. */
const CODE = `export default { async activate(ctx) {
  await ctx.storage.migrate([{ version: 1, name: 'notes', sql: 'CREATE TABLE note (text TEXT)' }]);
  const fall = await ctx.storage.get('fall');
  await ctx.storage.delete('fall');
  if (fall !== undefined) throw new Error('fell over ' + fall);
  await ctx.bus.serve('plugin.keeper.schedule.due.v1', () => ({}));
  await ctx.bus.serve('plugin.keeper.command.run.v1', async ({ data }) => {
    const word = data.arguments;
    if (data.name === 'fall') {
      await ctx.storage.set('fall', word);
      throw new Error('stumbled over ' + word);
    }
    await ctx.storage.set(word, { word });
    await ctx.storage.batch([{ sql: 'INSERT INTO note VALUES (?)', values: [word] }]);
    await ctx.blobs.write(new TextEncoder().encode((word + ' ').repeat(5000)));
    await ctx.secrets.set('word', word);
    await ctx.schedule.set('word', { at: new Date(Date.now() + 3600000), data: { word } });
    ctx.log.info('kept', { password: word, apiKey: word, text: word, prompt: [word] });
    ctx.log.warn('plainly ' + word, { mood: word, [word]: { level: word } });
    console.log('printed ' + word);
    ctx.log.warn(JSON.stringify({ token: word }) + ' password=' + word);
    return { text: 'kept ' + (ctx.config.get('token') === undefined ? 'without' : 'with') + ' a token' };
  });
} };`;

const asks = (topic: string) => ({ verb: 'request', topic, reason: 'to keep what it is told' });
const MANIFEST = {
  needs: ['vault.unlocked'],
  permissions: [
    { verb: 'serve', topic: 'plugin.keeper.command.run.v1', reason: 'to be told' },
    { verb: 'serve', topic: 'plugin.keeper.schedule.due.v1', reason: 'to be called' },
    ...[
      'storage.kv.get.v1',
      'storage.kv.set.v1',
      'storage.kv.delete.v1',
      'storage.sql.batch.v1',
      'storage.sql.migrate.v1',
      'vault.secret.put.v1',
      'schedule.set.v1',
      'blob.write.v1',
      'blob.finish.v1',
      'blob.abort.v1',
    ].map(asks),
  ],
  configuration: {
    type: 'object',
    properties: {
      token: { type: 'string', writeOnly: true, maxLength: 200 },
      greeting: { type: 'string', default: 'Hello' },
    },
  },
  contributes: {
    commands: [
      { name: 'keep', description: 'Keeps a word', usage: '/keep word' },
      { name: 'fall', description: 'Falls over a word', usage: '/fall word' },
    ],
  },
};

/** Adds the plugin; `/keep word` puts the word everywhere, `/fall word` has it fail now and at its next start. Its setting `token` is a secret. */
export async function addKeeper(product: Product): Promise<void> {
  for (const given of [
    ['install', await packStranger(product.home, 'keeper', CODE, MANIFEST)],
    ['enable', 'keeper'],
  ]) {
    const { code, stdout, stderr } = await product.aico('plugin', ...given);
    if (code !== 0) throw new Error(`the keeper was not added: ${stdout}${stderr}`);
  }
}
