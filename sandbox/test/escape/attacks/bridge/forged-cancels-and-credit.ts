import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'cancels the requests of others and gives itself endless credit',
  expect: CONTAINED,
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    const lies = [];
    for (let number = 0; number < 2000; number += 1) lies.push([8, number, 0, '', '', ''], [7, number, 9007199254740991, '', '', ''], [14, 4294967295, 0, '', '', '']);
    await forge(lies);
    await new Promise((end) => setTimeout(end, 100));`,
});
