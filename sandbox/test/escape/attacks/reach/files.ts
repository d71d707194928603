import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'reads the diary, /proc and the environment by any name it can think of',
  expect: CONTAINED,
  body: `
    for (const path of [PLACES.canaryFile, '/proc/self/environ', '/proc/1/environ', '/proc/' + PLACES.hostProcess + '/environ', '/etc/passwd', PLACES.neighbourData + '/note.txt']) {
      if (ctx.assets.read(path) !== undefined) got(path);
      for (const open of [() => require('fs').readFileSync(path), () => process.binding('fs').open(path), () => fetch('file://' + path), () => import('file://' + path), () => new Request(path), () => Temporal.from(path), () => load(path), () => read(path)]) {
        try { got(String(await open())); } catch {}
      }
    }
    if (ctx.dataFolder !== undefined) got(ctx.dataFolder);
    try { got(process.env[PLACES.environmentName]); } catch {}`,
});
