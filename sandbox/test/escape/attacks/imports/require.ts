import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'requires, links and binds modules of Node',
  expect: CONTAINED,
  body: `
    const tries = [() => require('fs'), () => module.require('fs'), () => process.binding('fs'), () => process.getBuiltinModule('fs'), () => globalThis.process.mainModule, () => Deno.readTextFileSync('/etc/passwd'), () => Bun.file('/etc/passwd'), () => importScripts('data:,')];
    for (const attempt of tries) { try { got(typeof attempt()); } catch {} }`,
});
