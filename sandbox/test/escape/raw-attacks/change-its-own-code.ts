import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'changes the code that the next plugin would run',
  body: `
    const { dirname } = require('node:path');
    const file = PLACES.entry;
    require('node:fs').appendFileSync(file, '\\n');
    return file;`,
});
