import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reads the user’s diary',
  body: `
    return require('node:fs').readFileSync(PLACES.canaryFile, 'utf8');`,
});
