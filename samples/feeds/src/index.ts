import { definePlugin, readMigrations } from '@aico/sdk';
import { Feeds } from './feeds.ts';

export default definePlugin({
  async activate({ assets, bus, fetch, records, schedule, storage }) {
    await storage.migrate(readMigrations(assets));
    const feeds = new Feeds({ bus, fetch, schedule, storage, now: () => new Date() });
    await schedule.onDue((due, signal) => feeds.tell(due, signal));
    await records.serve(feeds.records);
    await bus.serve('plugin.feeds.command.run.v1', async ({ data, signal }) => ({
      text: await feeds.answer(data, signal),
    }));
  },
});
