import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'finds processes to signal',
  unless: ['node permissions'],
  body: `
    const found = [];
    for (let other = 2; other < 70000; other += 1) {
      if (other === process.pid) continue;
      try { process.kill(other, 0); found.push(other); } catch {}
    }
    return found.filter((other) => other === PLACES.hostProcess).join();`,
});
