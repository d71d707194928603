import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'starts Node again without permissions',
  body: `
    const script = 'try { console.log(require("node:fs").readFileSync(' + JSON.stringify(PLACES.canaryFile) + ', "utf8")) } catch {}';
    return require('node:child_process').execFileSync(process.execPath, ['-e', script], { env: {} }).toString().trim();`,
});
