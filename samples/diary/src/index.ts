import { definePlugin, readMigrations } from '@aico/sdk';
import { answerDiary } from './answer.ts';
import { Diary } from './diary.ts';
import { recordsOf } from './records.ts';

export default definePlugin({
  async activate({ assets, bus, records, storage }) {
    await storage.migrate(readMigrations(assets));
    const diary = new Diary(storage);
    await records.serve(recordsOf(diary));
    await bus.serve('plugin.diary.command.run.v1', async ({ data }) => ({ text: await answerDiary(diary, data) }));
  },
});
