import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'connects to a server on this machine',
  body: `
    return new Promise((resolve, reject) => {
      const socket = require('node:net').connect(PLACES.port, '127.0.0.1');
      socket.on('data', (data) => resolve(data.toString())).on('error', reject);
    });`,
});
