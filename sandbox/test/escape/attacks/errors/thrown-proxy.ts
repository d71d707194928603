import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'throws a proxy for the host to look into',
  expect: stopped('SANDBOX_CODE_INVALID'),
  code: `
    throw new Proxy(new Error('x'), { get(target, key) { return key === 'code' ? 'VAULT_PASSWORD_WRONG' : key === 'toString' ? () => { throw 1; } : target[key]; }, getPrototypeOf: () => Error.prototype });
    export default { activate() {} };`,
});
