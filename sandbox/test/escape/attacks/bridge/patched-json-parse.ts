import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'replaces JSON.parse to see what the bridge delivers',
  expect: CONTAINED,
  permissions: [{ verb: 'request', topic: 'storage.kv.list.v1' }],
  body: `
    const parse = JSON.parse;
    const texts = [];
    JSON.parse = (text, revive) => { texts.push(String(text)); return parse(text, revive); };
    await ctx.bus.request('storage.kv.list.v1', {}).catch(() => {});
    await new Promise((end) => setTimeout(end, 100));
    JSON.parse = parse;
    for (const text of texts) if (text.includes('canary-') || text.includes('neighbour diary')) got(text);
    log.info('heard', { texts });`,
});
