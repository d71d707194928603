import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'throws an error whose message never ends being read',
  expect: stopped('KERNEL_PLUGIN_CPU', 'SANDBOX_CODE_INVALID'),
  quota: { cpuMsPerSecond: 50 },
  code: `
    const forever = () => { for (;;) {} };
    throw Object.defineProperties(new Error('x'), { message: { get: forever }, stack: { get: forever }, name: { get: forever } });
    export default { activate() {} };`,
});
