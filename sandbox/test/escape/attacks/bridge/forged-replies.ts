import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'answers the requests of others by guessing their numbers',
  expect: refused('KERNEL_REPLY_UNEXPECTED'),
  permissions: [
    { verb: 'serve', topic: 'plugin.SELF.command.run.v1' },
    { verb: 'request', topic: 'plugin.SELF.command.run.v1' },
  ],
  // Asking itself tells it which numbers the kernel gives just now; others' open requests have the ones beside it.
  body: `
    const { parse, stringify } = JSON;
    const REQUEST = 3;
    const REPLY = 4;
    let mine = 0;
    JSON.parse = (text) => {
      const value = parse(text);
      if (Array.isArray(value)) for (const [kind, number] of value) if (kind === REQUEST) mine = number;
      return value;
    };
    const own = 'plugin.' + ctx.id + '.command.run.v1';
    await ctx.bus.serve(own, () => ({ text: '' }));
    const question = { name: 'x', arguments: '', conversation: '00000000-0000-4000-8000-000000000000', time: new Date().toISOString() };
    const forge = async () => {
      const answers = [];
      for (let number = mine - 4; number < mine + 40; number += 1) {
        if (number > 0 && number !== mine) answers.push([REPLY, number, 0, 'plugin.neighbour.command.run.v1', '', '{"text":"forged"}']);
      }
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(answers) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    const goOn = async () => {
      for (let round = 0; round < 1000; round += 1) {
        await ctx.bus.request(own, question);
        await forge();
        await new Promise((end) => setTimeout(end, 15));
      }
    };
    goOn().catch((error) => log.warn(String(error)));`,
});
