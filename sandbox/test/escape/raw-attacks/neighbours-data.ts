import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reads the data folder of another plugin',
  body: `
    const fs = require('node:fs');
    return fs.readdirSync(PLACES.neighbourData).map((name) => fs.readFileSync(PLACES.neighbourData + '/' + name, 'utf8')).join();`,
});
