import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'changes the diary through a link',
  body: `
    const fs = require('node:fs');
    fs.symlinkSync(PLACES.canaryFile, '/tmp/link-' + process.pid);
    fs.appendFileSync('/tmp/link-' + process.pid, 'x');
    const text = fs.readFileSync(PLACES.canaryFile, 'utf8');
    return text.includes('canary') ? text : undefined;`,
});
