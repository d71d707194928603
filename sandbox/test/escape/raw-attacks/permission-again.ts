import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'gives itself its permissions back',
  body: `
    for (const name of ['has', 'drop']) try { process.permission[name] = () => true; } catch {}
    delete process.permission;
    process.execArgv.length = 0;
    process.binding = undefined;
    return require('node:fs').readFileSync(PLACES.canaryFile, 'utf8');`,
});
