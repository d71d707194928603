import { definePlugin } from '@aico/sdk';
import { describeMischief, fillMemory, loop } from './misbehave.ts';
import { reach, type UntypedBus } from './reach.ts';

export default definePlugin({
  async activate({ bus, config }) {
    if (config.get<boolean>('failAtStart')) throw new Error('I was told to fail at the start');
    await bus.serve('plugin.crash-test.command.run.v1', async ({ data }) => {
      switch (data.arguments.trim().toLowerCase()) {
        case 'loop':
          return loop();
        case 'memory':
          return fillMemory();
        case 'hang':
          return new Promise(() => {});
        case 'throw':
          throw new Error('I was told to fail');
        case 'reach':
          return { text: await reach(bus as unknown as UntypedBus, globalThis) };
        default:
          return { text: describeMischief() };
      }
    });
  },
});
