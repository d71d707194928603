import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'mounts a folder of the host or leaves its namespace',
  body: `
    const { execFileSync } = require('node:child_process');
    for (const [program, ...parameters] of [['mount', '-t', 'proc', 'proc', '/tmp'], ['unshare', '-Ur', 'id'], ['nsenter', '-t', String(PLACES.hostProcess), '-m', 'cat', PLACES.canaryFile]]) {
      try { return execFileSync(program, parameters).toString(); } catch {}
    }`,
});
