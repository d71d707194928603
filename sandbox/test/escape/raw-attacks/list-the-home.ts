import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'lists the folders of the user and of the machine',
  body: `
    const fs = require('node:fs');
    const found = [];
    for (const folder of ['/home', '/root', '/etc', '/var', '/mnt', '/media', PLACES.runtimeFolder]) {
      // In a /tmp of its own there is the way to its own socket, and nothing else.
      try { if (fs.readdirSync(folder).some((name) => !PLACES.ownSocket.includes(name))) found.push(folder); } catch {}
    }
    return found.join();`,
});
