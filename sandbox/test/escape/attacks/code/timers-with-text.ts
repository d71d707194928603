import { attackOnceActive, CONTAINED } from '../../attack.ts';

export default attackOnceActive({
  title: 'evaluates text by giving it to timers and handlers',
  expect: CONTAINED,
  body: `
    globalThis.hit = () => got('text was run');
    for (const text of ['hit()', 'globalThis.hit()']) {
      try { setTimeout(text, 0); } catch {}
      try { queueMicrotask(text); } catch {}
      try { ctx.setTimer(0, text); } catch {}
      try { new AbortController().signal.addEventListener('abort', text); } catch {}
    }
    try { 'x'.replace('x', 'hit()'); new RegExp('(?{hit()})').test('x'); } catch {}
    await new Promise((end) => setTimeout(end, 30));`,
});
