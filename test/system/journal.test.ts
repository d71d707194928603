import type { GroupStatus, JournalStatus, MemoryPage } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

test('what is said in the chat is journalled and remembered, once, whoever is killed [BUS-6, SVC-7]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const status = (): Promise<JournalStatus> => session.call('GET', '/journal');
  const group = async (): Promise<GroupStatus | undefined> => {
    // While the journal starts anew nobody answers.
    const { groups } = await status().catch((): Pick<JournalStatus, 'groups'> => ({ groups: [] }));
    return groups.find(({ name }) => name === 'memory/main');
  };
  const isReady = { timeout: 30_000, interval: 100 };
  await expect.poll(async () => (await group())?.members, isReady).toBe(1);
  const { id } = await session.conversation();
  await session.turn(id, 'My cat is called Turing.');
  // What the user said, and what was answered.
  await expect.poll(async () => (await group())?.position, isReady).toBe(2);
  let position = 2;
  for (const victim of ['journal', 'memory']) {
    const { processId = 0 } = await session.plugin(victim);
    process.kill(processId, 'SIGKILL');
    const livesAgain = async () => {
      const { processId: now, state } = await session.plugin(victim);
      return now !== processId && state === 'active' && (await group())?.members === 1;
    };
    await expect.poll(livesAgain, isReady).toBe(true);
    await session.turn(id, `My ${victim} was killed today.`);
    position += 2;
    await expect.poll(async () => (await group())?.position, isReady).toBe(position);
  }
  expect(await group()).toMatchObject({ waiting: 0, inFlight: 0, dead: 0, missed: 0 });
  expect((await status()).topics).toEqual([{ topic: 'chat.message.created.v1', events: position }]);
  const { memories } = await session.call<MemoryPage>('GET', '/memories');
  expect(memories.map(({ text }) => text).sort()).toEqual([
    'My cat is called Turing.',
    'My journal was killed today.',
    'My memory was killed today.',
  ]);
}, 120_000);
