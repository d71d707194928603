import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { requireSignals } from '../support/platform.ts';
import { Product } from '../support/product.ts';

const STALLS = 3;
/** Everything that storage does with the disk it does in its own process: halting that is a disk that does not answer. */
const STALL_MS = 1_500;
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

/** Run in the kernel's process before anything else: its clock goes forward and back by ten years all the time. */
const JUMPING = `
const Real = Date;
const jumps = [0, ${TEN_YEARS_MS}, -${TEN_YEARS_MS}, 3_600_000];
const now = () => Real.now() + jumps[Math.floor(performance.now() / 700) % jumps.length];
globalThis.Date = class extends Real {
  constructor(...given) { if (given.length === 0) super(now()); else super(...given); }
  static now() { return now(); }
};`;

test('a disk that stalls and a clock that jumps by years make talks wait, and cost nothing [DATA-1, SVC-7]', async (context) => {
  requireSignals(context);
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(JUMPING)}` };
  const product = await Product.start({ env });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const { processId = 0 } = await session.plugin('storage');
  const said: string[] = [];
  for (let stall = 0; stall < STALLS; stall += 1) {
    process.kill(processId, 'SIGSTOP');
    const text = `My lucky number is ${stall}.`;
    const turn = session.turn(id, text);
    await delay(STALL_MS);
    process.kill(processId, 'SIGCONT');
    expect((await turn).reply?.status).toBe('complete');
    said.push(text);
  }
  const messages = await session.messages(id);
  expect(messages.filter(({ role }) => role === 'user').map(({ text }) => text)).toEqual(said);
  const plugins = await Promise.all(
    ['storage', 'chat', 'memory', 'llm', 'gateway'].map((each) => session.plugin(each)),
  );
  expect(plugins.map(({ state, restarts }) => [state, restarts])).toEqual(plugins.map(() => ['active', 0]));
  await product.stop();
  const again = await Product.start({ home: product.home });
  const back = await BrowserSession.unlock(again.url);
  expect(await back.messages(id)).toEqual(messages);
}, 120_000);
