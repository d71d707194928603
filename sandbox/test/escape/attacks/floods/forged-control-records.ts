import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the kernel with control records that no rate counts',
  expect: CONTAINED,
  quota: MUCH_CPU,
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    const records = Array.from({ length: 512 }, (_, i) => [14, 1, 0, '', '', '']);
    for (let round = 0; round < 200; round += 1) { await forge(records); await new Promise((end) => setTimeout(end, 1)); }`,
});
