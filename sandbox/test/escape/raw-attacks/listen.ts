import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'listens for others to connect',
  body: `
    return new Promise((resolve, reject) => {
      const server = require('node:net').createServer().on('error', reject);
      server.listen(0, '0.0.0.0', () => {
        // A port of a network namespace of its own is nobody's.
        const alone = Object.values(require('node:os').networkInterfaces()).flat().every(({ internal }) => internal);
        resolve(alone && PLACES.ownNetwork ? undefined : 'listening');
      });
    });`,
});
