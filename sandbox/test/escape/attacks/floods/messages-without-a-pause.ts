import { attackOnceActive, stopped } from '../../attack.ts';

export default attackOnceActive({
  title: 'floods the bus without ever yielding to read an answer',
  expect: stopped('KERNEL_PLUGIN_CPU', 'KERNEL_PLUGIN_UNYIELDING', 'KERNEL_PLUGIN_MEMORY'),
  body: `
    for (;;) { void ctx.bus.publish('vault.state.changed.v1', {}).catch(() => {}); await null; }`,
});
