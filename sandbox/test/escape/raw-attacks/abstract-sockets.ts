import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'connects to abstract sockets of the desktop',
  body: `
    const net = require('node:net');
    const reach = (path) => new Promise((resolve) => net.connect(path).on('connect', () => resolve(path)).on('error', () => resolve(undefined)));
    const found = [];
    for (const path of ['\\0/tmp/.X11-unix/X0', '\\0/tmp/dbus-session', '/run/dbus/system_bus_socket', '/var/run/docker.sock', '/tmp/.X11-unix/X0', PLACES.abstractSocket]) {
      found.push(await reach(path));
    }
    return found.filter(Boolean).join();`,
});
