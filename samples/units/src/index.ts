import { definePlugin } from '@aico/sdk';
import { answerUnit } from './answer.ts';

export default definePlugin({
  async activate({ bus }) {
    await bus.serve('plugin.units.command.run.v1', ({ data }) => ({ text: answerUnit(data.arguments) }));
    await bus.serve('plugin.units.tool.run.v1', ({ data: { input } }) => ({
      text: answerUnit(`${input['value']} ${input['from']} in ${input['to']}`),
    }));
  },
});
