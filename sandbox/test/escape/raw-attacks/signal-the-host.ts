import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'sends a signal to the host',
  unless: ['node permissions'],
  body: `
    process.kill(PLACES.hostProcess, 0);
    return 'a signal would reach it';`,
});
