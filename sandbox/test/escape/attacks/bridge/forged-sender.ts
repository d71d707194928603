import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'writes another sender into the header of its messages',
  expect: CONTAINED,
  permissions: [
    { verb: 'request', topic: 'storage.kv.get.v1' },
    { verb: 'request', topic: 'storage.kv.list.v1' },
  ],
  body: `
    const stringify = JSON.stringify;
    const forge = async (records) => {
      JSON.stringify = (value) => (Array.isArray(value) ? stringify(records) : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
      JSON.stringify = stringify;
    };
    const header = stringify({ sender: 'neighbour', incarnation: 'neighbour-1', grant: { all: true }, onbehalfof: 'neighbour' });
    let heard;
    const parse = JSON.parse;
    JSON.parse = (text) => { const value = parse(text); if (stringify(value)?.includes('canary-')) heard = value; return value; };
    await forge([[3, 4000000, 0, 'storage.kv.get.v1', header, '{"key":"diary"}'], [3, 4000001, 0, 'storage.kv.list.v1', header, '{}']]);
    await new Promise((end) => setTimeout(end, 100));
    JSON.parse = parse;
    if (heard !== undefined) got(stringify(heard));`,
});
