import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigValues } from '@aico/schemas';
import { expect, test } from 'vitest';
import { runtimeEnvironment, runtimeFolder } from '../../host/src/home/runtime-folder.ts';
import { descendantsOf } from '../../host/test/support/aico.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { addKeeper } from '../support/marks/keeper.ts';
import { Marks, READ_BYTES } from '../support/marks/mark-search.ts';
import { requireProcesses } from '../support/platform.ts';
import { environmentOf, Product, runAico, temporaryHome } from '../support/product.ts';
import { trustStranger } from '../support/stranger.ts';

/** Where programs leave files that nobody asked for. */
const COMMON = [...new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])];
/** Bytes of a page that a cipher wrote have 7.95 bits each, with hardly any spread; vectors and text have less. */
const LEAST_BITS = 7.85;
const PAGE = 4096;

test('the search finds a mark in every form, at every place, and on every border', async () => {
  const folder = await temporaryHome();
  const marks = new Marks();
  const mark = marks.of('control');
  const bytes = Buffer.from(mark);
  const base64 = (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2, 3].map((shift) => Buffer.from(`${'>?>'.slice(0, shift)}${mark}>?`).toString(encoding)),
  );
  const texts = [
    `{"a":"${mark}"}`,
    mark.toUpperCase(),
    Buffer.from(`x${mark}`).toString('hex'),
    [...bytes].map((byte) => `\\u00${byte.toString(16)}`).join(''),
    [...bytes].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
    JSON.stringify(bytes),
    ...base64,
  ];
  for (const [at, text] of texts.entries()) writeFileSync(join(folder, `text-${at}`), text);
  writeFileSync(join(folder, 'utf-16'), Buffer.from(mark, 'utf16le'));
  writeFileSync(join(folder, `name-${mark}`), '');
  for (const from of [READ_BYTES - 1, READ_BYTES - 20, READ_BYTES - bytes.length])
    writeFileSync(join(folder, `border-${from}`), Buffer.concat([Buffer.alloc(from), bytes]));
  const found = new Set(marks.search([folder]).map(({ path }) => path));
  expect(readdirSync(folder).filter((name) => !found.has(join(folder, name)))).toEqual([]);
  expect(new Marks().search([folder])).toEqual([]);
});

test('what was said, kept, set, logged, backed up or in memory at a crash lies nowhere readable, locked and after kill -9 [DATA-2, SEC-1, SEC-3]', async (context) => {
  requireProcesses(context);
  const since = Date.now();
  const password = `a password such as ${randomUUID()}`;
  const [home, folder] = [await temporaryHome(), await temporaryHome()];
  await trustStranger(home);
  const product = await Product.start({ home, folder });
  const session = await BrowserSession.setup(product.url, password);
  await addKeeper(product);
  const marks = new Marks(password, await recoveryCode(product, password));
  await fill(product, session, marks);
  const search = (...places: string[]) => [
    ...marks.search(places, { changedSince: since, except: ['node_modules', '.git'] }),
    ...readable(home),
  ];
  const everywhere = [folder, runtimeFolder(home, runtimeEnvironment()), ...COMMON];

  await crash(session);
  expect([...search(home), ...marks.inProcesses([product.processId, ...descendantsOf(product.processId)])]).toEqual([]);
  await session.call('POST', '/vault/lock', {});
  expect(search(...everywhere)).toEqual([]);
  const locked = await product.aico('logs', '-p', 'keeper');
  expect([locked.stdout, locked.stderr]).toEqual([
    expect.stringContaining('(sealed)'),
    expect.stringContaining('VAULT_LOCKED'),
  ]);
  const again = await BrowserSession.unlock(product.url, password);
  await expect.poll(async () => (await again.plugin('keeper')).state, { timeout: 20_000 }).toBe('active');
  const { id } = await again.conversation();
  expect((await again.turn(id, `/keep ${marks.of('again')}`)).reply?.text).toBe('kept with a token');
  await again.turn(id, `Do you remember ${marks.of('question')}?`);
  await product.stop('SIGKILL');
  expect(search(...everywhere)).toEqual([]);

  writeFileSync(join(home, 'data', 'planted'), marks.of('planted'));
  expect(search(home)).toEqual([{ path: join(home, 'data', 'planted'), form: 'raw' }]);
}, 180_000);

/** Puts a mark into everything that takes one. */
async function fill(product: Product, session: BrowserSession, marks: Marks): Promise<void> {
  const { id } = await session.conversation();
  await session.turn(id, `My cat is called ${marks.of('chat')} and I like ${marks.of('memory')}.`);
  await session.call('PATCH', `/conversations/${id}`, { title: marks.of('title') });
  const gone = await session.conversation();
  await session.turn(gone.id, `Forget ${marks.of('deleted')}.`);
  await session.call('DELETE', `/conversations/${gone.id}`);
  await session.call('PUT', '/llm/providers/mine', {
    kind: 'openai',
    name: marks.of('server'),
    url: 'http://127.0.0.1:9/v1',
    apiKey: marks.of('apikey'),
  });
  const set = (values: object) => session.call<ConfigValues>('PUT', '/plugins/keeper/configuration', { values });
  const told = await set({ token: marks.of('setting') });
  expect([told.values, told.sources]).toEqual([{ greeting: 'Hello' }, { greeting: 'default', token: 'run-time' }]);
  expect((await session.turn(id, `/keep ${marks.of('kept')}`)).reply).toMatchObject({ text: 'kept with a token' });
  const { code } = await product.aico('backup', 'create');
  expect(code).toBe(0);
  const { processId } = await session.plugin('keeper');
  await session.turn(id, `/fall ${marks.of('fall')}`);
  for (const verb of ['disable', 'enable']) await product.aico('plugin', verb, 'keeper');
  const isUpAgain = async () => {
    const now = await session.plugin('keeper');
    return now.state === 'active' && now.processId !== processId;
  };
  await expect.poll(isUpAgain, { timeout: 30_000 }).toBe(true);
  const { stdout } = await product.aico('logs', '-p', 'keeper');
  for (const said of ['plainly', 'printed']) expect(stdout).toContain(`${said} ${marks.of('kept')}`);
  expect(stdout).toContain(`stumbled over ${marks.of('fall')}`);
  expect((await product.aico('logs')).stdout).toContain(`fell over ${marks.of('fall')}`);
}

async function recoveryCode(product: Product, password: string): Promise<string> {
  const given = ['vault', 'recovery', '--password-stdin', '--json'];
  const { stdout } = await runAico(given, environmentOf(product.home), { input: password });
  return String(JSON.parse(stdout).code);
}

/** Ends plugins as a fault in native code would, where the system would write all of their memory down. */
async function crash(session: BrowserSession): Promise<void> {
  for (const id of ['storage', 'chat', 'memory', 'vault', 'gateway', 'keeper']) {
    const { processId = 0 } = await session.plugin(id);
    for (const each of [processId, ...descendantsOf(processId)]) {
      spawnSync('prlimit', ['--core=unlimited', '--pid', String(each)]);
      expect(Number.parseInt(readFileSync(`/proc/${each}/coredump_filter`, 'utf8'), 16)).toBe(0);
    }
  }
  const victims = await Promise.all(['chat', 'storage'].map((id) => session.plugin(id)));
  for (const { processId = 0 } of victims) process.kill(processId, 'SIGABRT');
  const live = async () => {
    const now = await Promise.all(victims.map(({ id }) => session.plugin(id)));
    return now.every(({ state, processId }, at) => state === 'active' && processId !== victims[at]?.processId);
  };
  await expect.poll(live, { timeout: 30_000 }).toBe(true);
  await expect.poll(async () => (await session.plugin('keeper')).state, { timeout: 30_000 }).toBe('active');
}

/** Pages of databases that do not look like noise. */
function readable(home: string): string[] {
  const folder = join(home, 'data', 'storage');
  const files = readdirSync(folder).filter((name) => /\.db(-wal)?$/.test(name));
  expect(files.length).toBeGreaterThan(4);
  return files.flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    const pages = Array.from({ length: Math.floor(bytes.length / PAGE) }, (_, at) =>
      bytes.subarray(at * PAGE, (at + 1) * PAGE),
    );
    return pages.flatMap((page, at) =>
      bitsOf(page) < LEAST_BITS ? [`page ${at} of ${name}: ${bitsOf(page).toFixed(2)} bits`] : [],
    );
  });
}

/** How many bits each byte carries, by how often each value occurs. */
function bitsOf(bytes: Buffer): number {
  const counts = new Map<number, number>();
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / bytes.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}
