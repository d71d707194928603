import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createTestKernel, type TestKernel } from '@aico/sdk-testing';
import { beforeEach, expect, test } from 'vitest';
import { requireBubblewrap, requireGocryptfs } from '../../../test/support/system-tools.ts';
import { programIn } from '../src/installed-program.ts';
import { startSealed } from '../src/sealed-chroma.ts';
import { loadChromaServer, loadOwnServer, serveKeys } from './own-server.ts';
import { installStandIn, running, temporaryFolder } from './stand-in.ts';

const PATH = '/api/v2/tenants';
const isMounted = (path: string): boolean => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${path} `);

beforeEach((context) => {
  requireGocryptfs(context);
  requireBubblewrap(context);
});

/** Who asks for vectors. */
async function asker(kernel: TestKernel) {
  const { bus } = await kernel.peer({
    id: 'chroma',
    permissions: [{ verb: 'request', topic: 'vector.server.ask.v1' }],
  });
  return async (path: string, text?: string): Promise<Record<string, unknown>> => {
    const method = text === undefined ? 'GET' : 'POST';
    const answer = await bus.request('vector.server.ask.v1', { method, path, ...(text !== undefined && { text }) });
    return JSON.parse(answer.text) as Record<string, unknown>;
  };
}

/** Everything on disk below a folder, names and bytes. */
function onDisk(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((each) => each.name + (each.isFile() ? readFileSync(join(each.parentPath, each.name)) : ''))
    .join();
}

test('keeps its files in the encrypted folder, in a network of its own, sees nothing else, and is gone before the folder closes [DATA-3, SEC-1]', async () => {
  const [folder, installed] = [temporaryFolder(), installStandIn()];
  await using kernel = await createTestKernel();
  await serveKeys(kernel);
  await loadOwnServer(kernel, folder, { folder: installed });
  const ask = await asker(kernel);
  const told = await ask(PATH, 'marked content');
  expect(told).toMatchObject({ text: 'marked content', environment: ['HOME', 'PWD'], here: ['kept-14'] });
  expect(told['root']).not.toContain('home');
  expect(told['root']).not.toContain('root');
  expect(readFileSync(join(folder, 'vault-folder/open/chroma-server/kept-14'), 'utf8')).toBe('marked content');

  const pids = running(installed);
  const network = (pid: string): string => readlinkSync(`/proc/${pid}/ns/net`);
  const inside = pids.filter((pid) => network(pid) !== network('self'));
  // Beside what is inside there is bubblewrap alone, which listens nowhere.
  expect([inside.length >= 2, pids.length - inside.length]).toEqual([true, 1]);
  const asked = ask('/api/v2/never').catch((error: unknown) => error);
  await kernel.unload('chroma-server');
  expect(running(installed)).toEqual([]);
  expect(await asked).toBeInstanceOf(Error);
  await kernel.unload('vault-folder');
  expect(isMounted(join(folder, 'vault-folder/open'))).toBe(false);
  expect(onDisk(folder)).not.toMatch(/marked|kept-/);
}, 60_000);

test('what falls or takes too much memory is started again with what it kept, who waited is told, and no handle is left [DATA-3]', async () => {
  const [folder, installed] = [temporaryFolder(), installStandIn()];
  await using kernel = await createTestKernel();
  await serveKeys(kernel);
  await loadOwnServer(kernel, folder, { folder: installed, memoryMb: 256 });
  const ask = await asker(kernel);
  await ask(PATH, 'kept');
  const handles = () => readdirSync('/proc/self/fd').length;
  const before = { handles: handles(), running: running(installed).length };
  const problemOf = (path: string) =>
    ask(path).catch(({ code, details }: { code: string; details: { problem: string } }) => [code, details.problem]);
  const again = async () => {
    await expect.poll(() => ask(PATH).catch(() => ({})), { timeout: 20_000 }).toMatchObject({ here: ['kept-4'] });
    // What was open for the first start may be closed by now.
    expect(handles()).toBeLessThanOrEqual(before.handles);
    expect(running(installed)).toHaveLength(before.running);
  };
  expect(await problemOf('/api/v2/end')).toMatchObject([
    'VECTOR_SERVER_AWAY',
    expect.stringMatching(/^it ended with 3/),
  ]);
  await again();
  await Promise.all([
    problemOf('/api/v2/grow'),
    expect(problemOf('/api/v2/never')).resolves.toMatchObject(['VECTOR_SERVER_AWAY', 'it took more than 256 MB']),
  ]);
  await again();
}, 60_000);

test('does not start outside the encrypted folder, writes nothing there, and says what is missing [SEC-1, DATA-3]', async () => {
  const [plain, installed] = [temporaryFolder(), installStandIn()];
  const chroma = startSealed({ program: programIn(installed) ?? '', installed, data: plain, memoryMb: 256 });
  await expect(chroma.ready).rejects.toThrow('its folder is not in the encrypted one');
  expect(readdirSync(plain)).toEqual([]);

  await using kernel = await createTestKernel();
  await expect(loadChromaServer(kernel, { folder: installed })).rejects.toMatchObject({ code: 'KERNEL_NO_SERVER' });
  await using other = await createTestKernel();
  await serveKeys(other);
  await loadOwnServer(other, temporaryFolder(), { folder: plain });
  const ask = await asker(other);
  await expect(ask(PATH)).rejects.toMatchObject({
    code: 'VECTOR_SERVER_AWAY',
    details: { problem: `there is no node_modules/chromadb in ${plain}` },
  });
}, 60_000);
