import { attackOnceActive, stopped } from '../../attack.ts';

export default attackOnceActive({
  title: 'computes one number for hours',
  expect: stopped(
    'KERNEL_PLUGIN_CPU',
    'KERNEL_PLUGIN_UNYIELDING',
    'KERNEL_PLUGIN_START_TIMEOUT',
    'KERNEL_PLUGIN_MEMORY',
    'KERNEL_PLUGIN_ACTIVATE_FAILED',
  ),
  body: `
    2n ** (2n ** 29n) % 7n;
    3n ** (2n ** 24n) * 5n ** (2n ** 24n);
    for (;;) 7n ** 5000000n;`,
});
