import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalStatus, MemoryPage } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';

const CREATED = 'chat.message.created.v1';
const TALK = [CREATED, 'chat.turn.run.v1', 'llm.generate.v1', 'memory.recall.v1'];
const MARK = 'zanzibarquartz';
const isSoon = { timeout: 30_000, interval: 100 };

/** Every file below a folder, by its bytes. */
async function filesOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
}

test('what is said lies sealed wherever it passes: journal, logs, tap and recording, and after kill -9 too [SEC-6]', async () => {
  const home = await temporaryHome();
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const status = (of: BrowserSession): Promise<JournalStatus> => of.call('GET', '/journal');
  const memoryGroup = async (of: BrowserSession) =>
    (await status(of).catch(() => undefined))?.groups.find(({ name }) => name === 'memory/main');
  await expect.poll(async () => (await memoryGroup(session))?.members, isSoon).toBe(1);
  const { id } = await session.conversation();
  const file = join(home, 'chat.jsonl');
  const watching = ['--seconds', '12', '--json'];
  const recorded = product.aico('bus', 'record', '-p', 'chat', '-o', file, ...watching);
  const tapped = product.aico('bus', 'tap', ...watching);
  const seen = await session.events(CREATED);
  const talk = setInterval(() => void session.turn(id, `My cat is called ${MARK}.`).catch(() => undefined), 500);
  const [tap, recording] = await Promise.all([tapped, recorded]);
  clearInterval(talk);
  // Whoever may receive it reads it: the app in the browser, and memory.
  expect(JSON.stringify(seen)).toContain(MARK);
  const remembered = async (): Promise<string> => JSON.stringify(await session.call<MemoryPage>('GET', '/memories'));
  await expect.poll(remembered, isSoon).toContain(MARK);
  // Who watches sees that something was said, and that it is sealed.
  expect(recording.code).toBe(0);
  for (const text of [tap.stdout, await readFile(file, 'utf8')]) {
    const lines = text.split('\n');
    expect(lines.filter((line) => line.includes(MARK))).toEqual([]);
    for (const topic of TALK) {
      const told = lines.filter((line) => line.includes(`"${topic}"`));
      expect(told.length, topic).toBeGreaterThan(0);
      expect(told.filter((line) => !line.includes('"redacted":true') && !line.includes('"bytes":0'))).toEqual([]);
      expect(told.filter((line) => !line.includes('"sealed":true'))).toEqual([]);
    }
    // What is only not shown is not said to be sealed.
    const stored = lines.filter((line) => line.includes('"storage.sql.batch.v1"'));
    expect(stored.length).toBeGreaterThan(0);
    expect(stored.filter((line) => !line.includes('"redacted":true') || line.includes('"sealed"'))).toEqual([]);
  }

  await product.stop('SIGKILL');
  const files = await filesOf(home);
  const without = [...files].filter(([path]) => path !== file);
  expect(without.some(([path]) => path.includes('journal'))).toBe(true);
  expect(without.some(([path]) => path.endsWith('.log') || path.includes('/logs/'))).toBe(true);
  expect(without.filter(([, bytes]) => bytes.includes(MARK)).map(([path]) => path)).toEqual([]);

  const again = await Product.start({ home });
  const back = await BrowserSession.unlock(again.url);
  await expect.poll(async () => (await memoryGroup(back))?.members, isSoon).toBe(1);
  const { id: other } = await back.conversation();
  await back.turn(other, `My dog is called ${MARK} too.`);
  // What was kept before the kill and what came after it was opened and handled; nothing became a dead letter.
  const rememberedNow = async (): Promise<string> => JSON.stringify(await back.call<MemoryPage>('GET', '/memories'));
  await expect.poll(rememberedNow, isSoon).toContain(`My dog is called ${MARK} too.`);
  expect(await memoryGroup(back)).toMatchObject({ dead: 0, missed: 0 });
}, 120_000);
