import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'starts processes and sends signals by any name it can think of',
  expect: CONTAINED,
  body: `
    for (const run of [() => require('child_process').execSync('id'), () => process.kill(PLACES.hostProcess, 'SIGKILL'), () => process.exit(0), () => process.abort(), () => new Worker('data:,'), () => process.dlopen({}, '/x'), () => process.binding('spawn_sync'), () => Deno.run({}), () => quit()]) {
      try { run(); got(run); } catch {}
    }`,
});
