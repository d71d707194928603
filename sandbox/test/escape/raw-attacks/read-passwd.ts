import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'reads the accounts of the machine',
  body: `
    return require('node:fs').readFileSync('/etc/passwd', 'utf8');`,
});
