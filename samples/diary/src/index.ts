import { definePlugin, readMigrations } from '@aico/sdk';
import { answerDiary } from './answer.ts';
import { Diary } from './diary.ts';

export default definePlugin({
  async activate(ctx) {
    await ctx.storage.migrate(readMigrations(ctx.assets));
    const diary = new Diary(ctx.storage);
    await ctx.bus.serve('plugin.diary.command.run.v1', async ({ data }) => ({ text: await answerDiary(diary, data) }));
  },
});
