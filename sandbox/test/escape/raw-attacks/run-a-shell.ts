import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'runs a shell',
  body: `
    return require('node:child_process').execFileSync('/bin/sh', ['-c', 'id; cat ' + PLACES.canaryFile]).toString();`,
});
