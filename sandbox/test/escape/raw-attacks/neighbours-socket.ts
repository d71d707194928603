import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'connects to the socket of another plugin',
  body: `
    return new Promise((resolve, reject) => {
      const socket = require('node:net').connect(PLACES.neighbourSocket);
      socket.on('data', (data) => resolve(data.toString('latin1'))).on('connect', () => setTimeout(resolve, 200, 'connected')).on('error', reject);
    });`,
});
