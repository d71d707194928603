import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'plants a file beside the diary',
  body: `
    require('node:fs').writeFileSync(PLACES.plantedFile, 'x');`,
});
