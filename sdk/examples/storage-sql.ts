import { definePlugin, readMigrations } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  needs: ['vault.unlocked'],
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'storage.sql.migrate.v1', reason: 'To set up its own database.' },
    { verb: 'request', topic: 'storage.sql.batch.v1', reason: 'To keep what you spend.' },
  ],
};

/** An encrypted SQL database of its own. The steps to set it up lie in the package as migrations/0001-….sql. */
export default definePlugin({
  async activate({ assets, bus, storage }) {
    await storage.migrate(readMigrations(assets));
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const [what = '', amount = '0'] = data.arguments.split(' ');
      // All statements of a batch take effect, or none.
      await storage.batch([
        { sql: 'insert into expense (what, amount) values (?, ?)', values: [what, Number(amount)] },
        { sql: 'update total set amount = amount + ?', values: [Number(amount)] },
      ]);
      const [total] = await storage.query<{ amount: number }>('select amount from total');
      return { text: `${total?.amount} in all` };
    });
  },
});
