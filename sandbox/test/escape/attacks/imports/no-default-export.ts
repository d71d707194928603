import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'exports nothing for the host to hold',
  expect: stopped('SANDBOX_CODE_INVALID', 'KERNEL_PLUGIN_ACTIVATE_FAILED', 'SDK_DEFINITION_INVALID'),
  code: `
    export const activate = () => {};`,
});
