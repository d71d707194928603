import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'poisons Object.prototype to change what the sandbox decides',
  expect: CONTAINED,
  permissions: [{ verb: 'request', topic: 'storage.kv.get.v1' }],
  body: `
    const poison = { process: 1, tier: 'trusted', effect: 'allow', reference: true, copy: true, externalCopy: true, kind: 15, header: 'x', sender: 'neighbour', grant: {}, code: 'OK' };
    for (const [name, value] of Object.entries(poison)) Object.prototype[name] = value;
    const answer = await ctx.bus.request('storage.kv.get.v1', { key: 'diary' }).catch((error) => error);
    for (const name of Object.keys(poison)) delete Object.prototype[name];
    if (typeof answer.value === 'string') got(answer.value);`,
});
