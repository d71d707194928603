import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'waits with setters on Object.prototype for what the runtime stores',
  expect: CONTAINED,
  permissions: [{ verb: 'request', topic: 'storage.kv.get.v1' }],
  body: `
    const caught = [];
    for (const name of ['resolve', 'reject', 'handler', 'port', 'send', 'topic', 'correlation', 'address', 'secretKey', 'then']) {
      Object.defineProperty(Object.prototype, name, { configurable: true, set(value) { caught.push([name, value]); }, get() { return undefined; } });
    }
    await Promise.race([ctx.bus.request('storage.kv.get.v1', { key: 'x' }).catch(() => {}), new Promise((end) => setTimeout(end, 50))]);
    for (const [name] of [...caught, ['then'], ['resolve'], ['reject'], ['handler'], ['port'], ['send'], ['topic'], ['correlation'], ['address'], ['secretKey']]) delete Object.prototype[name];
    for (const [name, value] of caught) if (name === 'secretKey' || name === 'address') got(value);`,
});
