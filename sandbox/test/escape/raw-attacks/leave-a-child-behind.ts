import { rawAttack } from '../raw-attack.ts';

export default rawAttack({
  title: 'leaves a process behind that outlives it',
  body: `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    await new Promise((resolve, reject) => child.on('spawn', resolve).on('error', reject));
    return PLACES.ownProcesses ? undefined : 'left ' + child.pid;`,
});
