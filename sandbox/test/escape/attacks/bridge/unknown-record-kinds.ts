import { attackOnceActive, refused } from '../../attack.ts';

export default attackOnceActive({
  title: 'forges records of kinds that do not exist',
  expect: refused('KERNEL_FRAME_MALFORMED'),
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    for (const kind of [0, 17, 18, 99, 255]) await forge([[kind, 1, 0, 'a.b.v1', '', '']]);`,
});
