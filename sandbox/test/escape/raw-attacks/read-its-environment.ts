import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'finds a secret in its environment',
  body: `
    return Object.entries(process.env).filter(([name]) => name === PLACES.environmentName || /key|secret|token|home|user/i.test(name)).join();`,
});
