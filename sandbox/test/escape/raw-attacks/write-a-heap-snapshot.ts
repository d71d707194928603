import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'writes its memory to the disk',
  body: `
    require('node:v8').writeHeapSnapshot(PLACES.plantedFile);`,
});
