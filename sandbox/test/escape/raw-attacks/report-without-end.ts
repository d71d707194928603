import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'fills the host with a report that never ends',
  body: `
    const { writeSync } = require('node:fs');
    const part = Buffer.alloc(1024 * 1024, 0x78);
    for (let sent = 0; sent < 32; sent += 1) writeSync(3, part);
    return 'the host took 32 MB that no line ends';`,
});
