import { attack, CONTAINED } from '../../attack.ts';

export default attack({
  title: 'exports a thenable for the host to await',
  expect: CONTAINED,
  code: `
    export default {
      then(resolve, reject) {
        for (const callback of [resolve, reject]) {
          try { if (typeof callback.constructor('return process') === 'function') resolve({ leak: true }); } catch {}
        }
        resolve(undefined);
      },
      activate(ctx) { ctx.log.info('done'); },
    };
    export const then = (resolve) => resolve({ default: 1 });`,
});
