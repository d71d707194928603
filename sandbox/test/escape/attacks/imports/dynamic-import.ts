import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'imports at run time, in every spelling',
  expect: CONTAINED,
  body: `
    const specifiers = ['node:fs', 'fs', 'isolated-vm', './isolated.mjs', 'data:text/javascript,export default 1', PLACES.canaryFile, 'file://' + PLACES.canaryFile];
    for (const specifier of specifiers) {
      try { got(Object.keys(await import(specifier))); } catch (error) { if (/[.]mjs|node:internal/.test(String(error.stack))) got(error.stack); }
      try { got(Object.keys(await import(specifier, { with: { type: 'json' } }))); } catch {}
    }`,
});
