import { attackOnceActive, CONTAINED, MUCH_CPU } from '../../attack.ts';

export default attackOnceActive({
  title: 'takes memory outside the heap by typed arrays',
  expect: CONTAINED,
  quota: MUCH_CPU,
  body: `
    const all = [];
    let refused = 0;
    while (refused === 0 && all.length < 1000) {
      try { all.push(new Uint8Array(1e6).fill(1)); } catch { refused += 1; }
    }
    if (all.length * 1e6 > 96 * 1024 * 1024) got(all.length + ' MB');`,
});
