import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'reads files of the disk as if they were in its package',
  expect: CONTAINED,
  body: `
    const paths = ['/etc/passwd', '../../etc/passwd', 'file:///etc/passwd', PLACES.canaryFile, 'index.js/../../diary.txt', 'plugin.json\\u0000/etc/passwd', '__proto__', 'constructor', 'size', '..', '.', '', 'C:\\\\Windows', '%2e%2e/diary.txt'];
    for (const path of paths) if (ctx.assets.read(path) !== undefined) got(path);
    for (const path of ctx.assets.paths) if (!['plugin.json', 'index.js'].includes(path)) got(path);`,
});
