import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'gets at foreign memory by the species of a typed array',
  expect: CONTAINED,
  body: `
    class Thief extends Uint8Array { static get [Symbol.species]() { return function (length) { return new Uint8Array(new ArrayBuffer(1), 0, 1); }; } }
    const bytes = new Thief(64).fill(7);
    try { const part = bytes.subarray(0, 64); if (part.length !== 1) got(part.length); } catch {}
    const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
    const view = new Uint8Array(buffer);
    view.fill(1, { valueOf() { buffer.resize(0); return 0; } });
    crypto.getRandomValues(new Uint8Array(new ArrayBuffer(16, { maxByteLength: 32 })));
    const shrinking = new ArrayBuffer(32, { maxByteLength: 64 });
    try { crypto.getRandomValues({ buffer: shrinking, byteOffset: 0, get byteLength() { shrinking.resize(0); return 32; } }); } catch {}`,
});
