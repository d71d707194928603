import { definePlugin, readMigrations } from '@aico/sdk';
import { answerDiary } from './answer.ts';
import { Diary } from './diary.ts';
import { findLines } from './forget.ts';

export default definePlugin({
  async activate(ctx) {
    await ctx.storage.migrate(readMigrations(ctx.assets));
    const diary = new Diary(ctx.storage);
    await ctx.bus.serve('plugin.diary.command.run.v1', async ({ data }) => ({ text: await answerDiary(diary, data) }));
    await ctx.bus.serve('plugin.diary.forget.find.v1', ({ data }) => findLines(diary, data));
    await ctx.bus.serve('plugin.diary.forget.run.v1', async ({ data }) => ({
      kinds: [{ kind: 'line', removed: await diary.remove(data.others) }],
    }));
  },
});
