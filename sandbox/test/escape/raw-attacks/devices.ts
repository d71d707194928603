import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reads disks and memory by their devices',
  body: `
    const fs = require('node:fs');
    for (const device of ['/dev/mem', '/dev/kmem', '/dev/sda', '/dev/vda', '/dev/nvme0n1', '/dev/fuse', '/proc/kcore', '/proc/sysrq-trigger', '/sys/kernel']) {
      try { fs.closeSync(fs.openSync(device, 'r+')); return device; } catch {}
    }`,
});
