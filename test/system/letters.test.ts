import type { DeadLetter, DeadLetterView, JournalStatus } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { addPatient } from '../support/patient.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { trustStranger } from '../support/stranger.ts';

const GROUP = 'patient/main';
const isSoon = { timeout: 30_000, interval: 200 };

test('the command lists, shows, replays and gives up what could not be handled, and lets a group begin again [BUS-6]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const answerOf = async <Answer>(...args: string[]): Promise<Answer> =>
    JSON.parse((await product.aico('journal', ...args, '--json')).stdout) as Answer;
  const letters = async (...more: string[]): Promise<readonly DeadLetter[]> =>
    (await answerOf<{ letters: DeadLetter[] }>('letters', ...more)).letters;
  const handled = async (): Promise<string | undefined> => (await session.turn(id, '/patient')).reply?.text;
  await addPatient(product);
  const isJoined = async () => (await answerOf<JournalStatus>('status')).groups.some(({ name }) => name === GROUP);
  await expect.poll(isJoined, isSoon).toBe(true);
  await session.turn(id, 'My cat is called Turing.');
  await expect.poll(async () => (await letters('-g', GROUP)).length, isSoon).toBe(2);

  const [answered, said] = await letters('-t', 'chat.>');
  const number = String(said?.sequence);
  const { letters: views } = await answerOf<{ letters: DeadLetterView[] }>('show', number);
  expect(views).toEqual([
    { letter: said, data: { message: expect.objectContaining({ text: 'My cat is called Turing.' }) } },
  ]);
  expect(said).toMatchObject({ group: GROUP, attempts: 1, problem: 'I am not well', sender: 'chat' });

  // Without a yes nothing goes, and it is told what would.
  const asked = await product.aico('journal', 'discard', 'all');
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining(`${number} (${said?.topic} for ${GROUP})`)]);
  expect(await letters()).toHaveLength(2);
  expect((await product.aico('journal', 'discard', String(answered?.sequence), '--yes')).code).toBe(0);
  expect(await letters()).toEqual([said]);

  await session.turn(id, '/patient heal');
  expect((await product.aico('journal', 'replay', 'all', '--group', GROUP)).stdout).toBe('One event is tried again.\n');
  await expect.poll(handled, isSoon).toContain('My cat is called Turing.');
  expect(await letters()).toEqual([]);

  for (const wrong of [[], [number, '--group', GROUP, '--from', 'start'], ['--from', 'start']]) {
    const { code, stderr } = await product.aico('journal', 'replay', ...wrong);
    expect([code, stderr]).toEqual([2, expect.stringContaining('HOST_USAGE_REPLAY')]);
  }
  expect((await product.aico('journal', 'replay', '-g', 'no/body', '--from', 'start')).stderr).toContain(
    'JOURNAL_GROUP_UNKNOWN',
  );
  expect((await product.aico('journal', 'replay', '-g', GROUP, '--from', 'noon')).code).toBe(2);
  const times = async (): Promise<number> => ((await handled()) ?? '').split('My cat is called Turing.').length - 1;
  const before = await times();
  const time = said?.time ?? '';
  expect(await answerOf('replay', '-g', GROUP, '--from', time)).toEqual({ sequence: said?.sequence });
  await expect.poll(times, isSoon).toBeGreaterThan(before);
  const status = await answerOf<JournalStatus>('status');
  expect(status.groups.find(({ name }) => name === GROUP)).toMatchObject({ members: 1, dead: 0, missed: 0 });
}, 120_000);
