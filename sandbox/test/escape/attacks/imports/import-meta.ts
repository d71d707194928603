import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'learns where it runs from import.meta',
  expect: CONTAINED,
  body: `
    if (import.meta.url !== undefined) got(import.meta.url);
    for (const name of ['resolve', 'dirname', 'filename', 'main', 'env']) if (import.meta[name] !== undefined) got(name);
    for (const key of Reflect.ownKeys(import.meta)) got(String(key));`,
});
