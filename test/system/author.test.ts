import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createSigningKey, writeSigningKey } from '@aico/registry';
import type { ErrorReport } from '@aico/schemas';
import { expect, test } from 'vitest';
import { Desk } from '../support/author-desk.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { flipBit } from '../support/stranger.ts';
import { told } from '../support/told.ts';

const FIVE_MINUTES_MS = 300_000;

test('an author walks from an empty folder to an installed plugin in under five minutes [PLG-9, PLG-1, UPD-3]', async () => {
  const desk = await Desk.open();
  const { product } = desk;
  const session = await BrowserSession.setup(product.url);
  const { id: conversation } = await session.conversation();
  const say = async (text: string) => (await session.turn(conversation, text)).reply?.text;
  const startedAt = performance.now();

  // Create, look, test: nothing but the folder and the command.
  expect(await desk.aico('plugin', 'create', 'hi-there', '--author', 'Ada')).toMatchObject({ code: 0 });
  const plugin = join(desk.folder, 'hi-there');
  expect(await desk.json('plugin', 'validate', plugin)).toEqual({ id: 'hi-there', version: '0.1.0', permissions: 1 });
  expect(await desk.json('plugin', 'test', plugin)).toMatchObject({ passed: 1, failed: 0 });

  // Develop: it runs, a change runs, a slip of the pen changes nothing, and its mending runs again.
  const dev = desk.dev(plugin, '--trace');
  expect(await dev.next('reloaded')).toMatchObject({ id: 'hi-there', state: 'active' });
  expect(await say('/hi-there Ada')).toBe('Hello, Ada!');
  expect(await dev.next('message')).toMatchObject({
    record: { verb: 'request', sender: 'chat', topic: 'plugin.hi-there.command.run.v1', receivers: ['hi-there'] },
  });
  const source = join(plugin, 'src/index.ts');
  const code = await readFile(source, 'utf8');
  await writeFile(source, code.replace('Hello', 'Moin'));
  expect(await dev.next('reloaded')).toMatchObject({ state: 'active' });
  expect(await say('/hi-there Ada')).toBe('Moin, Ada!');
  // What does not fit the types of its topic is told with its place, and runs all the same.
  await writeFile(source, code.replace('`Hello', '`Moin').replace('data.arguments ||', 'data.argument ||'));
  expect(await dev.next('types')).toMatchObject({
    errors: [{ code: 'AUTHOR_TYPE_WRONG', message: expect.stringMatching(/^src\/index\.ts:5:\d+: .*'argument'/) }],
  });
  expect(await dev.next('reloaded')).toMatchObject({ state: 'active' });
  await writeFile(source, code.replace('Hello', 'Moin'));
  expect(await dev.next('reloaded')).toMatchObject({ state: 'active' });
  await writeFile(source, code.replace('`Hello', '= `Hello'));
  expect(await dev.next('problems')).toMatchObject({
    errors: [{ code: 'AUTHOR_CODE_INVALID', message: expect.stringMatching(/^src\/index\.ts:5:\d+: /) }],
  });
  expect(await say('/hi-there Ada')).toBe('Moin, Ada!');
  expect(dev.runs).toBe(true);
  // A slip that is taken back is told to be mended, although there is nothing new to run.
  await writeFile(source, code.replace('Hello', 'Moin'));
  expect(await dev.next('reloaded')).toMatchObject({ state: 'active' });
  // What fails as it runs is told with the author's own file and line, in the report and in the log.
  await writeFile(
    source,
    code.replace('async activate(ctx) {', "async activate(ctx) {\n    throw new Error('spilt');"),
  );
  expect(await dev.next('problems')).toMatchObject({
    errors: [
      {
        code: 'KERNEL_PLUGIN_UPDATE_FAILED',
        details: { problem: expect.stringContaining('spilt at src/index.ts:5:11') },
      },
    ],
  });
  expect(await dev.next('log')).toMatchObject({
    line: { msg: 'activate failed', stack: expect.stringMatching(/^Error: spilt\n +at .*src\/index\.ts:5:11/) },
  });
  expect(await say('/hi-there Ada')).toBe('Moin, Ada!');
  // So is a request that its manifest does not ask for: it fails where it was made, not where the refusal came in.
  const undeclared = "await ctx.bus.request('memory.recall.v1', { text: 'Ada' });";
  await writeFile(source, code.replace('async activate(ctx) {', `async activate(ctx) {\n    ${undeclared}`));
  expect(await dev.next('problems')).toMatchObject({
    errors: [
      {
        code: 'KERNEL_PLUGIN_UPDATE_FAILED',
        details: { problem: expect.stringContaining('memory.recall.v1'), place: 'src/index.ts:5:19' },
      },
    ],
  });
  expect(await dev.next('log')).toMatchObject({
    line: { msg: 'activate failed', stack: expect.stringContaining('src/index.ts:5:19') },
  });
  // A topic that there is not is refused likewise, and its types say which it is.
  const unknown = "await ctx.bus.request('memory.recal.v1', { text: 'Ada' });";
  await writeFile(source, code.replace('async activate(ctx) {', `async activate(ctx) {\n    ${unknown}`));
  expect(await dev.next('problems')).toMatchObject({ errors: [{ code: 'KERNEL_PLUGIN_UPDATE_FAILED' }] });
  expect(await dev.next('types')).toMatchObject({
    errors: [
      { code: 'AUTHOR_TYPE_WRONG', message: expect.stringMatching(/^src\/index\.ts:5:\d+: .*memory\.recal\.v1/) },
    ],
  });
  expect(await dev.next('log')).toMatchObject({ line: { msg: 'activate failed' } });
  await writeFile(source, code.replace('async activate(ctx) {', "async activate(ctx) {\n    ctx.log.info('awake');"));
  expect(await dev.next('reloaded')).toMatchObject({ state: 'active' });
  expect(await say('/hi-there Ada')).toBe('Hello, Ada!');
  expect(await dev.next('log')).toMatchObject({ line: { msg: 'awake' } });
  await dev.end();

  // Ship: pack, sign, verify, publish.
  const file = join(plugin, 'dist/hi-there-0.1.0.aico.tgz');
  expect(await desk.json('plugin', 'pack', plugin)).toMatchObject({ path: file });
  expect(await desk.json('plugin', 'install', file)).toMatchObject({ error: told('REGISTRY_UNSIGNED', 'hi-there') });
  const { keyId, keyFile } = await desk.json('plugin', 'sign', file);
  expect([(await stat(String(keyFile))).mode & 0o777, String(keyFile).startsWith(plugin)]).toEqual([0o600, false]);
  expect(await desk.json('plugin', 'verify', file)).toMatchObject({ id: 'hi-there', signer: { keyId } });
  expect(await desk.json('plugin', 'verify', file, '--signer', 'f'.repeat(64))).toMatchObject({
    error: { code: 'REGISTRY_SIGNER_OTHER', message: expect.stringContaining(`${keyId}, not with fff`) },
  });
  const registry = join(desk.folder, 'registry');
  expect(await desk.json('plugin', 'publish', file, '--registry', registry)).toMatchObject({ id: 'hi-there', keyId });
  expect(await desk.json('plugin', 'publish', file, '--registry', registry)).toMatchObject({
    error: told('REGISTRY_VERSION_TAKEN', 'hi-there'),
  });

  expect(await desk.json('plugin', 'install', 'hi-there', '--registry', `${registry}-gone`)).toMatchObject({
    error: told('REGISTRY_INDEX_INVALID', 'registry-gone'),
  });

  // Install it in every way, each time from nothing.
  for (const from of [
    [plugin],
    [file],
    ['hi-there', '--registry', registry],
    ['hi-there@0.1.0', '--registry', registry],
  ]) {
    expect(await desk.aico('plugin', 'uninstall', 'hi-there')).toMatchObject({ code: 0 });
    expect(await say('/hi-there Ada')).not.toBe('Hello, Ada!');
    expect(await desk.json('plugin', 'install', ...from)).toMatchObject({ id: 'hi-there', version: '0.1.0' });
    expect(await desk.aico('plugin', 'enable', 'hi-there')).toMatchObject({ code: 0 });
    expect(await say('/hi-there Ada')).toBe('Hello, Ada!');
  }
  const elapsedMs = performance.now() - startedAt;
  process.stdout.write(`The author's walk took ${(elapsedMs / 1000).toFixed(1)} s.\n`);
  expect(elapsedMs).toBeLessThan(FIVE_MINUTES_MS);
}, 400_000);

test('a package that was tampered with is refused by the name of the file, wherever it is used [UPD-3, PLG-9]', async () => {
  const desk = await Desk.open();
  const { file, plugin } = await desk.shipped();
  const altered = join(desk.folder, 'altered.aico.tgz');
  await writeFile(altered, await withOtherCode(file));
  for (const command of ['verify', 'install']) {
    const { error } = await desk.json('plugin', command, altered);
    expect([command, error]).toEqual([command, told('REGISTRY_FILE_ALTERED', 'altered.aico.tgz')]);
    expect((error as ErrorReport).message).toContain('dist/bundle/index.js');
  }
  expect(await desk.json('plugin', 'publish', altered, '--registry', join(desk.folder, 'registry'))).toMatchObject({
    error: told('REGISTRY_FILE_ALTERED', 'altered.aico.tgz'),
  });
  await flipBit(file, 60);
  expect(await desk.aico('plugin', 'verify', file)).toMatchObject({ code: 1 });
  await writeSigningKey(join(plugin, 'key.json'), createSigningKey());
  expect(await desk.json('plugin', 'sign', file, '--key', join(plugin, 'key.json'))).toMatchObject({
    error: told('REGISTRY_KEY_INSIDE_PLUGIN', 'key.json'),
  });
}, 200_000);

test('the key of a stranger is trusted only by its fingerprint, and for isolated plugins alone [UPD-3, PLG-2]', async () => {
  const author = await Desk.open();
  const { file, keyId } = await author.shipped();
  // Another person on another machine: another key, and another data folder.
  const user = await Desk.open();
  const refused = await user.aico('plugin', 'install', file, '--json');
  expect([refused.code, JSON.parse(refused.stdout).error]).toEqual([1, told('REGISTRY_SIGNER_UNKNOWN', 'hi-there')]);
  expect(refused.stdout).toContain(keyId);
  expect(await user.json('plugin', 'verify', file)).toMatchObject({
    error: told('REGISTRY_SIGNER_UNKNOWN', 'hi-there'),
  });
  const unasked = await author.aico('plugin', 'dev', join(author.folder, 'hi-there'), '--json');
  expect([unasked.code, JSON.parse(unasked.stdout).error]).toEqual([1, told('AUTHOR_CONSENT_MISSING', 'hi-there')]);
  expect(await author.json('plugin', 'info', 'hi-there')).toMatchObject({ enabled: false });
  expect(await author.json('plugin', 'install', 'nowhere')).toMatchObject({
    error: told('AUTHOR_SOURCE_UNKNOWN', 'nowhere'),
  });
  const wrong = await user.json('plugin', 'install', file, '--trust', 'a'.repeat(64));
  expect(wrong).toMatchObject({ error: told('REGISTRY_SIGNER_UNKNOWN', 'hi-there') });
  expect(await user.json('plugin', 'install', file, '--trust', keyId)).toMatchObject({
    id: 'hi-there',
    enabled: false,
  });
  const trust = JSON.parse(await readFile(join(user.product.home, 'trust.json'), 'utf8')) as { keys: object[] };
  expect(trust.keys).toMatchObject([{ keyId, tiers: ['isolated'] }]);
  const trusted = join(author.folder, 'hi-there');
  const manifest = join(trusted, 'plugin.json');
  await writeFile(
    manifest,
    (await readFile(manifest, 'utf8')).replace('"isolated"', '"trusted"').replace('0.1.0', '0.2.0'),
  );
  const { path } = await author.json('plugin', 'pack', trusted);
  await author.json('plugin', 'sign', String(path));
  expect(await user.json('plugin', 'install', String(path))).toMatchObject({
    error: told('REGISTRY_TIER_NOT_ALLOWED', 'hi-there-0.2.0'),
  });
}, 200_000);

/** The package with one letter of its code changed, under the signature that it had. */
async function withOtherCode(file: string): Promise<Uint8Array> {
  const archive = gunzipSync(await readFile(file));
  const at = archive.indexOf('Hello, ${');
  expect(at).toBeGreaterThan(0);
  archive.write('J', at);
  const packed = gzipSync(archive, { level: 9 });
  // The operating system of the header: a package names none.
  packed[9] = 255;
  return packed;
}
