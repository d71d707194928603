import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reads the environments of all processes by /proc',
  body: `
    const fs = require('node:fs');
    let found = '';
    for (const process of ['self', '1', String(PLACES.hostProcess), ...fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))]) {
      try { const text = fs.readFileSync('/proc/' + process + '/environ', 'utf8'); if (text.includes(PLACES.environmentName)) found += text; } catch {}
    }
    return found;`,
});
