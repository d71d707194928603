import { definePlugin } from '@aico/sdk';
import { answerRemind } from './answer.ts';
import { recordsOf } from './records.ts';
import { messageOf, Reminders } from './reminders.ts';

export default definePlugin({
  async activate({ bus, records, schedule }) {
    const reminders = new Reminders(schedule);
    await schedule.onDue(async (due) => {
      await bus.request('chat.message.add.v1', messageOf(due));
    });
    await records.serve(recordsOf(reminders, Date.now));
    await bus.serve('plugin.reminders.command.run.v1', async ({ data }) => ({
      text: await answerRemind(reminders, data),
    }));
  },
});
