import { attackOnceActive, MUCH_CPU, STOPPED_FOR_MEMORY } from '../../attack.ts';

export default attackOnceActive({
  title: 'reserves address space by resizable buffers',
  expect: STOPPED_FOR_MEMORY,
  quota: MUCH_CPU,
  body: `
    const all = [];
    let refused = 0;
    while (refused < 10 && all.length < 200) {
      try { const buffer = new ArrayBuffer(1, { maxByteLength: 2 ** 30 }); buffer.resize(2 ** 25); new Uint8Array(buffer).fill(1); all.push(buffer); } catch { refused += 1; }
    }
    if (all.length * 32 > 128) got(all.length * 32 + ' MB');
    await new Promise(() => {});`,
});
