import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reaches the keyring and the desktop of the user',
  body: `
    const fs = require('node:fs');
    for (const path of ['/run/user', '/tmp/.X11-unix', '/run/dbus', '/var/run/docker.sock']) {
      try { if (fs.readdirSync(path).length > 0) return path; } catch {}
    }`,
});
