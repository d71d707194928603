import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'takes over files that its parent left open',
  body: `
    const fs = require('node:fs');
    const found = [];
    for (let file = 0; file < 200; file += 1) {
      try {
        const { size } = fs.fstatSync(file);
        const buffer = Buffer.alloc(Math.min(size, 4096));
        if (size > 0 && fs.readSync(file, buffer, 0, buffer.length, 0) > 0) found.push(file + ' ' + buffer.toString('latin1'));
      } catch {}
    }
    return found.join();`,
});
