import { House } from './house.ts';

// A host that starts plugins, says their process ids and waits to be killed.
const house = await House.open();
const loop = 'export default { activate(ctx) { ctx.setTimer(200, () => { for (;;) {} }); } }';
const plugins = await Promise.all([
  house.start({ tier: 'trusted', id: 'calm', code: 'export default { activate() {} }' }),
  house.start({ tier: 'trusted', id: 'busy', code: loop }),
  house.start({ tier: 'isolated', id: 'caged', code: loop }),
]);
await Promise.all(plugins.map((plugin) => plugin.lifecycle('active')));
console.log(JSON.stringify({ folder: house.folder, processes: plugins.map(({ running }) => running.processId) }));
setInterval(() => {}, 1_000);
