import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'forges log lines of others',
  expect: CONTAINED,
  body: `
    log.info('x\\n{"level":"error","message":"the neighbour was hacked","plugin":"neighbour"}');
    log.info('{"level":"fatal","message":"x"}', { plugin: 'neighbour', time: 0, level: 99, pid: 1, __proto__: { admin: true } });
    console.log('\\u001b[2J\\u001b]0;title\\u0007', '\\u202egnp.exe');
    const stringify = JSON.stringify;
    for (const text of ['[]', 'null', '1', '"x"', '{', '{"__proto__":{"polluted":true}}']) {
      JSON.stringify = () => text;
      try { log.info('forged', { a: 1 }); } catch {}
    }
    JSON.stringify = stringify;
    if ({}.polluted) got('polluted');`,
});
