import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'serve', topic: 'plugin.example.schedule.due.v1', reason: 'To be called when it is time.' },
    { verb: 'request', topic: 'schedule.set.v1', reason: 'To ask for that.' },
    { verb: 'request', topic: 'schedule.cancel.v1', reason: 'To stop when you do not want it any more.' },
    { verb: 'request', topic: 'schedule.list.v1', reason: 'To tell you when it will come.' },
  ],
};

/** Is called at eight on working days, in the time zone of whoever asked, also after a restart. */
export default definePlugin({
  async activate({ bus, schedule }) {
    let greetings = 0;
    await schedule.onDue(({ name, late, data }) => {
      if (name === 'greeting' && !late) greetings += Number(data);
    });
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const { timezone: timeZone = 'UTC' } = data;
      if (data.arguments === 'start')
        await schedule.set('greeting', { cron: '0 8 * * 1-5', timeZone }, { catchUp: 'skip', data: 1 });
      if (data.arguments === 'stop') await schedule.cancel('greeting');
      const [next] = await schedule.list();
      return { text: `${greetings} greetings, next ${next?.next ?? 'never'}` };
    });
  },
});
