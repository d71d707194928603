import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reads the memory of the host by /proc',
  body: `
    return require('node:fs').readFileSync('/proc/' + PLACES.hostProcess + '/maps', 'utf8');`,
});
