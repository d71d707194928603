import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';

const IDLE = 'export default { activate() {} };';

/** A manifest that is wrong in one way, and what its refusal has to name. */
const WRONG: readonly [string, object, string, string][] = [
  ['an-unknown-key', { permisions: [] }, 'REGISTRY_MANIFEST_INVALID', 'the nearest known one is "permissions"'],
  ['a-missing-field', { author: undefined }, 'REGISTRY_MANIFEST_INVALID', 'author is missing'],
  [
    'a-bad-range',
    { engines: { aico: 'newest' } },
    'REGISTRY_MANIFEST_INVALID',
    'engines.aico "newest" is not a version range',
  ],
  [
    'a-bad-dependency',
    { dependencies: { storage: '1 to 2' } },
    'REGISTRY_MANIFEST_INVALID',
    'dependencies.storage "1 to 2"',
  ],
  [
    'a-bad-topic',
    { permissions: [{ verb: 'publish', topic: 'Chat..Said', reason: 'x' }] },
    'REGISTRY_MANIFEST_INVALID',
    'permissions[0].topic',
  ],
];

/** A manifest that is well-formed and cannot run here. */
const UNFIT: readonly [string, object, string, string][] = [
  ['a-later-engine', { engines: { aico: '>=99.0.0' } }, 'KERNEL_ENGINE_MISMATCH', '>=99.0.0'],
  ['a-later-contract', { contracts: { chat: '^9.0.0' } }, 'KERNEL_CONTRACT_MISMATCH', '^9.0.0'],
  ['a-lonely-one', { dependencies: { nobody: '^1.0.0' } }, 'KERNEL_DEPENDENCY_MISSING', '"nobody" (^1.0.0)'],
  [
    'bad-settings',
    { configuration: { type: 'object', properties: { a: { type: 'text' } } } },
    'CONFIG_SCHEMA_INVALID',
    'settings',
  ],
];

test('a wrong manifest is refused by name, rule and fix, and leaves nothing behind [PLG-8, SVC-2]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  const before = await session.call<{ plugins: { id: string }[] }>('GET', '/plugins');
  for (const [id, changes, code, words] of WRONG) {
    const path = await packStranger(home, id, IDLE, changes);
    const told = await product.aico('plugin', 'install', path);
    expect([id, told.code, told.stderr]).toEqual([id, 1, expect.stringContaining(words)]);
    expect(told.stderr).toContain('Correct plugin.json');
    const answer = JSON.parse((await product.aico('plugin', 'install', path, '--json')).stdout) as { error: object };
    expect(answer.error).toMatchObject({ code, subject: `${id}.aico.tgz`, rule: expect.stringContaining('manifest') });
  }
  const after = await session.call<{ plugins: { id: string }[] }>('GET', '/plugins');
  expect(after.plugins.map(({ id }) => id)).toEqual(before.plugins.map(({ id }) => id));
  const { id } = await session.conversation();
  expect((await session.turn(id, 'Hello')).reply?.status).toBe('complete');
}, 120_000);

test('a plugin that cannot run here is told with its reason wherever the user looks [PLG-8]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  for (const [id, changes, code, words] of UNFIT) {
    const path = await packStranger(home, id, IDLE, changes);
    await product.aico('plugin', 'install', path);
    const { stdout } = await product.aico('plugin', 'enable', id);
    const { error } = await session.plugin(id);
    const whole = {
      code,
      subject: expect.stringContaining(id),
      rule: expect.stringMatching(/./),
      fix: expect.stringMatching(/./),
    };
    expect([id, error]).toEqual([id, expect.objectContaining({ ...whole, message: expect.stringContaining(words) })]);
    expect(stdout).toContain(error?.message);
    expect(stdout).toContain(error?.fix);
    const { stdout: info } = await product.aico('plugin', 'info', id);
    expect(info).toContain(code);
  }
  const others = await Promise.all(['chat', 'storage', 'gateway', 'llm'].map((each) => session.plugin(each)));
  expect(others.map(({ state, restarts }) => [state, restarts])).toEqual(others.map(() => ['active', 0]));
}, 120_000);

test('plugins that need each other in a circle are told so, with the circle, until it is broken [PLG-8]', async () => {
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const session = await BrowserSession.setup(product.url);
  for (const [id, needed] of [
    ['hen', 'egg'],
    ['egg', 'hen'],
  ] as const) {
    await product.aico('plugin', 'install', await packStranger(home, id, IDLE, { dependencies: { [needed]: '*' } }));
    await product.aico('plugin', 'enable', id);
  }
  const told = async (id: string) => {
    const { state, error } = await session.plugin(id);
    return [state, error?.code, error?.subject];
  };
  expect([await told('hen'), await told('egg')]).toEqual([
    ['pending', 'KERNEL_DEPENDENCY_CYCLE', 'hen → egg → hen'],
    ['pending', 'KERNEL_DEPENDENCY_CYCLE', 'egg → hen → egg'],
  ]);
  const list = await product.aico('plugin', 'list');
  expect(list.stdout).toContain('These plugins need each other in a circle: hen → egg → hen.');
  const mended = await packStranger(home, 'egg', IDLE, { version: '1.0.1' });
  await product.aico('plugin', 'install', mended);
  await expect.poll(() => told('hen'), { timeout: 10_000 }).toEqual(['active', undefined, undefined]);
}, 120_000);
