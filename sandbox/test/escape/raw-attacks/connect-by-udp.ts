import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'sends datagrams to the network',
  body: `
    return new Promise((resolve, reject) => {
      const socket = require('node:dgram').createSocket('udp4').on('error', reject);
      socket.send('x', 53, '192.0.2.1', (error) => (error ? reject(error) : resolve('sent')));
    });`,
});
