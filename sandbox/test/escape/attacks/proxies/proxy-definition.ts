import { attack, CONTAINED } from '../../attack.ts';

export default attack({
  title: 'is a proxy that answers every question of the runtime',
  expect: CONTAINED,
  code: `
    const hungry = new Proxy(function () {}, {
      get: (target, key) => (key === 'activate' ? (ctx) => { ctx.log.info('done'); } : key === 'then' ? undefined : hungry),
      apply: () => hungry,
      construct: () => hungry,
      getPrototypeOf: () => Array.prototype,
      ownKeys: () => ['activate', 'prototype'],
    });
    export default hungry;`,
});
