import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'answers the requests of others by guessing their numbers',
  expect: refused('KERNEL_REPLY_UNEXPECTED'),
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    const answers = [];
    for (let number = 1; number < 5000; number += 1) answers.push([4, number, 0, 'plugin.neighbour.command.run.v1', '', '{"text":"forged"}']);
    await ctx.setTimer(50, () => forge(answers));
    for (let round = 0; round < 10; round += 1) { await forge(answers); await new Promise((end) => setTimeout(end, 20)); }`,
});
