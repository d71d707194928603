import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'forges records of every wrong shape over the bridge',
  expect: CONTAINED,
  body: `
    const stringify = JSON.stringify;
    const forged = ['[[1,2,3]]', '{}', 'null', '[null]', '[["1",1,0,"a","",""]]', '[[1,-1,0,"a","",""]]', '[[1,1e99,0,"a","",""]]', '[[1,1,0,{},"",""]]', '[[256,1,0,"a","",""]]', '[[1,1,0,"' + 'a'.repeat(999) + '","",""]]', '[[1,1,0,"a","' + 'h'.repeat(70000) + '",""]]', '{"length":1,"map":1}', '[[1,1,0.5,"a","",""]]'];
    for (const text of forged) {
      JSON.stringify = (value) => (Array.isArray(value) ? text : stringify(value));
      void ctx.bus.publish('chat.message.created.v1', {}).catch(() => {});
      await null;
      await null;
    }
    JSON.stringify = stringify;`,
});
