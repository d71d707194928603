import { attack, stopped } from '../../attack.ts';

export default attack({
  title: 'never ends activating',
  expect: stopped('KERNEL_PLUGIN_START_TIMEOUT'),
  quota: { startMs: 2_000 },
  code: `
    export default { activate: () => new Promise(() => {}) };`,
});
