import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'walks out by /proc/<pid>/root and cwd',
  body: `
    const fs = require('node:fs');
    const found = [];
    for (const process of ['1', 'self', 'thread-self', String(PLACES.hostProcess)]) {
      for (const link of ['root', 'cwd']) {
        try { found.push(fs.readFileSync('/proc/' + process + '/' + link + PLACES.canaryFile, 'utf8')); } catch {}
      }
    }
    return found.join();`,
});
