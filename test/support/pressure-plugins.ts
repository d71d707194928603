import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Product } from './product.ts';
import { packStranger } from './stranger.ts';

const CHANGED = 'llm.status.changed.v1';
const CREATED = 'chat.message.created.v1';
const GAP = 'kernel.gap.raised.v1';
const ANSWER_WITHIN_MS = 60_000;

/** A plugin that takes orders from one file of its folder and notes in another what came of them. */
const ORDERS = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const note = (ctx, ...words) => appendFileSync(ctx.dataFolder + '/notes', words.join(' ') + '\\n');
const takeOrders = (ctx, handlers) => {
  const path = ctx.dataFolder + '/orders';
  const read = () => (existsSync(path) ? readFileSync(path, 'utf8').split('\\n').slice(0, -1) : []);
  // A new process begins with what is ordered from now on.
  let taken = read().length;
  const look = async () => {
    const orders = read().slice(taken);
    taken += orders.length;
    for (const order of orders) {
      const [word, ...rest] = order.split(' ');
      note(ctx, word, JSON.stringify(await handlers[word](...rest.map(Number))));
    }
    ctx.setTimer(20, look);
  };
  ctx.setTimer(20, look);
};
const UUID = '00000000-0000-4000-8000-000000000000';
const now = () => new Date().toISOString();
const told = ({ code, subject, rule, fix, message }) => ({ code, subject, rule, fix, message });`;

const SENDER = `${ORDERS}
export default { async activate(ctx) {
  const gaps = {};
  await ctx.bus.subscribe('${GAP}', ({ data }) => {
    gaps[data.subscriber] = (gaps[data.subscriber] ?? 0) + data.dropped;
  });
  let number = 0;
  const change = () => {
    number += 1;
    const selected = { provider: 'x'.repeat(60), kind: 'scripted', model: number + ' ' + 'x'.repeat(180) };
    return ctx.bus.publish('${CHANGED}', { selected, connected: false, providers: [] });
  };
  const outcomes = { kept: 0, open: 0, refused: {}, error: undefined };
  const say = (bytes) => {
    const message = { id: UUID, conversation: UUID, role: 'companion', status: 'complete', text: 'x'.repeat(bytes), createdAt: now() };
    outcomes.open += 1;
    ctx.bus.publish('${CREATED}', { message }).then(() => { outcomes.kept += 1; }, (error) => {
      outcomes.refused[error.code] = (outcomes.refused[error.code] ?? 0) + 1;
      outcomes.error = told(error);
    }).finally(() => { outcomes.open -= 1; });
  };
  takeOrders(ctx, {
    flood: async (count) => {
      for (let left = count; left > 0; left -= 1000) await Promise.all(Array.from({ length: Math.min(left, 1000) }, change));
      return number;
    },
    gaps: () => gaps,
    say: async (count, bytes, pauseMs) => {
      for (let left = count; left > 0; left -= 1) {
        say(bytes);
        if (pauseMs > 0) await new Promise((resolve) => ctx.setTimer(pauseMs, resolve));
      }
    },
    outcomes: () => outcomes,
  });
} };`;

const READER = `${ORDERS}
export default { async activate(ctx) {
  let gate = Promise.resolve();
  let open = () => {};
  const seen = { received: 0, last: 0 };
  await ctx.bus.subscribe('${CHANGED}', async ({ data, sender }) => {
    await gate;
    // What the product's own models tell of themselves is none of the flood.
    if (sender === 'llm') return;
    seen.received += 1;
    seen.last = Number.parseInt(data.selected.model);
  });
  takeOrders(ctx, {
    hold: () => { gate = new Promise((resolve) => { open = resolve; }); },
    go: () => open(),
    seen: () => seen,
  });
} };`;

const AMPLE = { memoryMb: 512, cpuMsPerSecond: 4000, messageBytes: 1024 * 1024 };
const FAST = { ...AMPLE, messagesPerSecond: 1_000_000, bytesPerSecond: 1024 * 1024 * 1024 };

const permission = (verb: string, topic: string) => ({ verb, topic, reason: 'to try it' });
const manifest = (quota: object, ...permissions: object[]) => ({
  ...{ tier: 'trusted', quota, permissions },
  process: { files: [{ path: '$data', mode: 'readWrite' }] },
});
const sender = (quota: object) =>
  manifest(quota, permission('publish', CHANGED), permission('publish', CREATED), permission('subscribe', GAP));
const KINDS = {
  /** Publishes as fast as it can. */
  flood: [SENDER, sender(FAST)],
  /** May send little, and tries to send much. */
  storm: [SENDER, sender({ ...AMPLE, messagesPerSecond: 100, bytesPerSecond: 1024 * 1024 })],
  /** Two readers of what floods. */
  slow: [READER, manifest({ ...AMPLE, queueMessages: 256 }, permission('subscribe', CHANGED))],
  quick: [READER, manifest(AMPLE, permission('subscribe', CHANGED))],
} as const;

/** A plugin under pressure, at the end of its two files. */
export class PressurePlugin {
  readonly #folder: string;

  private constructor(home: string, id: string) {
    this.#folder = join(home, 'data', id);
  }

  /** Installs one in a product that trusts it, and switches it on. */
  static async add(product: Product, id: keyof typeof KINDS): Promise<PressurePlugin> {
    const [code, changes] = KINDS[id];
    await product.aico('plugin', 'install', await packStranger(product.home, id, code, changes));
    const { code: failed, stdout } = await product.aico('plugin', 'enable', id);
    expect([failed, stdout]).toEqual([0, expect.stringContaining('active')]);
    return new PressurePlugin(product.home, id);
  }

  /** Gives an order. Resolves, when it was carried out, to what came of it. */
  async order<Answer = unknown>(word: string, ...numbers: number[]): Promise<Answer | undefined> {
    const before = (await this.#notes()).length;
    await appendFile(join(this.#folder, 'orders'), `${[word, ...numbers].join(' ')}\n`);
    const notes = () => this.#notes();
    await expect.poll(async () => (await notes()).length, { timeout: ANSWER_WITHIN_MS }).toBeGreaterThan(before);
    const text = (await notes())[before]?.slice(word.length + 1);
    return text === undefined || text === '' ? undefined : (JSON.parse(text) as Answer);
  }

  async #notes(): Promise<string[]> {
    const text = await readFile(join(this.#folder, 'notes'), 'utf8').catch(() => '');
    return text.split('\n').slice(0, -1);
  }
}
