import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'gives the bridge numbers that are none',
  expect: CONTAINED,
  body: `
    for (const number of [Number.NaN, Infinity, -Infinity, -1, 2 ** 53, 1e308, -0, '5', null, {}, [], 1n]) {
      try { clearTimeout(setTimeout(() => {}, number)); } catch {}
      try { clearTimeout(number); } catch {}
      try { await ctx.setTimer(number, () => {})(); } catch {}
      try { crypto.getRandomValues({ byteLength: number, buffer: new ArrayBuffer(8), byteOffset: 0 }); } catch {}
    }
    try { crypto.getRandomValues(new Uint8Array(1e6)); got('a million random bytes'); } catch {}`,
});
