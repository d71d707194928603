import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'blames the clock by the words that the host would use',
  expect: stopped('SANDBOX_CODE_INVALID', 'KERNEL_PLUGIN_CPU', 'KERNEL_PLUGIN_UNYIELDING'),
  code: `
    throw new Error('Script execution timed out.');
    export default { activate() {} };`,
});
