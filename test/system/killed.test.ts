import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descendantsOf, runs, socketsOf } from '../../host/test/support/aico.ts';
import { BrowserSession, type Turn } from '../support/browser-session.ts';
import { requireProcesses, requireSignals } from '../support/platform.ts';
import { Product } from '../support/product.ts';

/** A reply that takes seconds, so that something can happen in its middle. */
const SLOW = { AICO_PLUGINS_LLM_SCRIPTED_WORD_MS: '150' };
const QUESTION = 'What can you do?';
/** Later than the half reply was first written down. */
const MIDDLE_WORDS = 8;

const wordsOf = (turn: Turn): string[] => turn.chunks.flatMap((chunk) => (chunk.kind === 'text' ? [chunk.text] : []));

/** Runs a turn, and does something once in its middle. */
function turnWith(session: BrowserSession, conversation: string, mischief: () => void): Promise<Turn> {
  let words = 0;
  return session.turn(conversation, QUESTION, (chunk) => {
    if (chunk.kind === 'text') words += 1;
    if (chunk.kind === 'text' && words === MIDDLE_WORDS) mischief();
  });
}

/** Waits until a killed plugin lives in another process, and everybody with it. */
async function livesAgain(session: BrowserSession, id: string, killed: number): Promise<void> {
  const ids = new Set(['llm', 'chat', 'storage', 'memory', id]);
  const look = async () => {
    const plugins = await Promise.all([...ids].map((each) => session.plugin(each)));
    const inAnother = plugins.some((plugin) => plugin.id === id && plugin.processId !== killed);
    return inAnother && plugins.every(({ state }) => state === 'active');
  };
  await expect.poll(look, { timeout: 30_000, interval: 100 }).toBe(true);
}

const KILLED = [
  { id: 'llm', ended: { role: 'companion', status: 'failed', error: { code: 'CHAT_MODEL_ABSENT', subject: 'llm' } } },
  { id: 'chat', ended: undefined },
  { id: 'storage', ended: undefined },
] as const;

describe('a plugin that is killed with -9 in mid-turn', () => {
  let home: string;
  let product: Product;
  let session: BrowserSession;
  // One product for all of them: each is killed once, and the next begins when everybody lives again.
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'aico-home-'));
    product = await Product.launch(home, SLOW);
    session = await BrowserSession.setup(product.url);
  });
  afterAll(async () => {
    await product?.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  test.for(KILLED)(
    '$id costs that reply its end and nothing else [BUS-6, PLG-6, SVC-7]',
    { timeout: 120_000 },
    async ({ id: victim, ended }) => {
      const { id } = await session.conversation();
      const { processId = 0 } = await session.plugin(victim);
      const turn = await turnWith(session, id, () => process.kill(processId, 'SIGKILL'));
      const told = turn.reply?.error ?? turn.error;
      expect(told).toMatchObject({
        code: expect.stringMatching(/^(CHAT|KERNEL|STORAGE)_/),
        fix: expect.stringMatching(/./),
      });
      if (ended !== undefined) expect(turn.reply).toMatchObject(ended);
      await livesAgain(session, victim, processId);
      const [said, reply, ...more] = await session.messages(id);
      expect([said?.text, more]).toEqual([QUESTION, []]);
      expect(reply).toMatchObject({ status: 'failed', error: { code: expect.stringMatching(/^CHAT_/) } });
      // At most the words of the last half second are lost.
      expect(
        wordsOf(turn)
          .join('')
          .startsWith(reply?.text ?? '-'),
      ).toBe(true);
      expect(reply?.text.split(' ').length).toBeGreaterThan(2);
      expect((await session.plugin('gateway')).restarts).toBe(0);
      expect((await session.turn(id, 'Hello again')).reply?.status).toBe('complete');
      expect(await session.messages(id)).toHaveLength(4);
    },
  );

  test('memory is missed by nobody: the reply comes to its end [PLG-6]', async () => {
    const { id } = await session.conversation();
    const { processId = 0, restarts } = await session.plugin('memory');
    const turn = await turnWith(session, id, () => process.kill(processId, 'SIGKILL'));
    expect(turn.reply).toMatchObject({ status: 'complete', text: wordsOf(turn).join('') });
    await livesAgain(session, 'memory', processId);
    expect((await session.plugin('memory')).restarts).toBe(restarts + 1);
  }, 120_000);
});

test('a turn in flight when the product is asked to stop is kept, to the last word that was seen [SVC-7]', async (context) => {
  requireSignals(context);
  const product = await Product.start({ env: SLOW });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  let stopped: Promise<void> | undefined;
  const seen: string[] = [];
  await session
    .turn(id, QUESTION, (chunk) => {
      if (chunk.kind === 'text') seen.push(chunk.text);
      if (seen.length === MIDDLE_WORDS) stopped ??= product.stop('SIGTERM');
    })
    .catch(() => undefined);
  await stopped;
  const again = await Product.start({ home: product.home });
  const messages = await (await BrowserSession.unlock(again.url)).messages(id);
  expect(messages.map(({ role, status }) => [role, status])).toEqual([
    ['user', 'complete'],
    ['companion', 'failed'],
  ]);
  expect(messages[1]?.error).toMatchObject({ code: 'CHAT_INTERRUPTED', fix: expect.stringMatching(/./) });
  expect(messages[1]?.text.startsWith(seen.join(''))).toBe(true);
}, 120_000);

test('the host, killed with -9 in mid-turn, takes every process along and hinders no next start [SVC-1, SVC-7]', {
  timeout: 120_000,
}, async (context) => {
  requireProcesses(context);
  const product = await Product.start({ env: SLOW });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const below = descendantsOf(product.processId);
  expect(below.length).toBeGreaterThanOrEqual(7);
  let killed: Promise<void> | undefined;
  await turnWith(session, id, () => {
    killed = product.stop('SIGKILL');
  }).catch(() => undefined);
  await killed;
  await expect.poll(() => below.filter(runs), { timeout: 5000 }).toEqual([]);
  const sockets = socketsOf(product.home);
  const left = readdirSync(sockets).filter((name) => !name.startsWith('door'));
  expect(left).not.toEqual([]);
  const again = await Product.start({ home: product.home });
  expect(left.filter((name) => existsSync(join(sockets, name)))).toEqual([]);
  const back = await BrowserSession.unlock(again.url);
  const [said, reply] = await back.messages(id);
  expect([said?.text, reply?.status, reply?.error?.code]).toEqual([QUESTION, 'failed', 'CHAT_INTERRUPTED']);
  expect(reply?.text.split(' ').length).toBeGreaterThan(2);
  expect((await back.turn(id, 'Hello again')).reply?.status).toBe('complete');
});
