import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'starts a thread with rights of its own',
  body: `
    const { Worker } = require('node:worker_threads');
    const script = 'const text = require("node:fs").readFileSync(' + JSON.stringify(PLACES.canaryFile) + ', "utf8"); require("node:worker_threads").parentPort.postMessage(text)';
    return new Promise((resolve, reject) => new Worker(script, { eval: true, execArgv: [] }).on('message', resolve).on('error', reject));`,
});
