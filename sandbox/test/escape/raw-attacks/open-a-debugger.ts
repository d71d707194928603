import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'opens a debugger for others to use',
  body: `
    const inspector = require('node:inspector');
    inspector.open(0, '127.0.0.1');
    return PLACES.ownNetwork ? undefined : inspector.url();`,
});
