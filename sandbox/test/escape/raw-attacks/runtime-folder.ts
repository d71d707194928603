import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'lists the sockets of all plugins',
  body: `
    return require('node:fs').readdirSync(PLACES.runtimeFolder, { recursive: true }).filter((name) => !PLACES.ownSocket.includes(name)).join();`,
});
