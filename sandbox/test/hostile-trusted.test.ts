import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { House, type PluginSketch } from './support/house.ts';

/** A plugin that runs a body in activate and logs what it returns, or the code of what it threw. */
function probing(body: string, imports = ''): string {
  return `${imports}
  export default { async activate(ctx) {
    const tell = (error) => 'refused: ' + (error.code ?? error.name);
    const outcome = await (async () => { ${body} })().catch(tell);
    ctx.log.info('outcome', { value: outcome });
  } }`;
}

async function outcomeOf(code: string, process?: PluginSketch['process']): Promise<unknown> {
  await using house = await House.open();
  const plugin = await house.start({ tier: 'trusted', code, ...(process && { process }) });
  return (await plugin.logged('outcome'))['value'];
}

const DENIED = 'refused: ERR_ACCESS_DENIED';

describe('a trusted plugin without grants cannot [SEC-4]', () => {
  test.for([
    ['read the system’s files', `return fs.readFileSync('/etc/passwd', 'utf8')`],
    ['list the user’s folder', `return fs.readdirSync('/')`],
    ['read another package', `return fs.readFileSync(${JSON.stringify(join(process.cwd(), 'package.json'))}, 'utf8')`],
    ['write to /tmp', `return fs.writeFileSync('/tmp/aico-should-not-be-there', 'x')`],
    ['read through /proc', `return fs.readFileSync('/proc/self/environ', 'utf8')`],
    [
      'connect',
      `return new Promise((resolve, reject) => net.connect(9, '127.0.0.1').on('error', reject).on('connect', resolve))`,
    ],
    ['listen', `return new Promise((resolve, reject) => net.createServer().on('error', reject).listen(0, resolve))`],
    ['fetch', `return fetch('http://127.0.0.1:4127/').then(String, (error) => { throw error.cause ?? error })`],
    ['run a program', `return childProcess.execFileSync('/bin/true').toString()`],
    ['fork itself', `return String(childProcess.fork('/x.js'))`],
    ['start a thread', `return String(new workers.Worker('0', { eval: true }))`],
    ['load native code', `return process.dlopen({ exports: {} }, '/tmp/evil.node')`],
    ['get its permissions back', `process.permission.has = () => true; return fs.readFileSync('/etc/passwd', 'utf8')`],
  ] as const)('%s', async ([, body]) => {
    const imports = `import fs from 'node:fs'; import net from 'node:net';
      import childProcess from 'node:child_process'; import workers from 'node:worker_threads';`;
    const outcome = await outcomeOf(probing(body, imports));
    expect([DENIED, 'refused: ERR_DLOPEN_DISABLED']).toContain(outcome);
  });

  test('import a package that its manifest does not list', async () => {
    await using house = await House.open();
    for (const specifier of [
      'fastify',
      'zeromq',
      'isolated-vm',
      './missing.js',
      'file:///etc/passwd',
      'data:text/javascript,0',
      'aico:x',
    ]) {
      const plugin = await house.start({ tier: 'trusted', code: `import x from '${specifier}'; export default x;` });
      const { error, problem } = await plugin.lifecycle('failed');
      expect({ specifier, error }).toMatchObject({ specifier, error: { code: 'SANDBOX_IMPORT_DENIED' } });
      expect(problem).toContain(specifier);
      plugin.running.kill('SIGKILL');
    }
  });

  test('require a package that its manifest does not list', async () => {
    const imports = `import { createRequire } from 'node:module';`;
    const body = `return typeof createRequire(import.meta.url)('fastify')`;
    expect(await outcomeOf(probing(body, imports))).toBe('refused: SANDBOX_IMPORT_DENIED');
  });
});

describe('a trusted plugin with grants', () => {
  test('uses its data folder and nobody else’s [SEC-4]', async () => {
    await using house = await House.open();
    const theirs = join(house.folder, 'data', 'other');
    await mkdir(theirs, { recursive: true });
    await writeFile(join(theirs, 'secret'), 'x');
    const plugin = await house.start({
      tier: 'trusted',
      process: { files: [{ path: '$data', mode: 'readWrite' }] },
      code: probing(
        `
        const tryTo = async (run) => { try { return await run(); } catch (error) { return tell(error); } };
        fs.writeFileSync(ctx.dataFolder + '/note', 'kept');
        return {
          own: fs.readFileSync(ctx.dataFolder + '/note', 'utf8'),
          theirs: await tryTo(() => fs.readFileSync(${JSON.stringify(join(theirs, 'secret'))}, 'utf8')),
          upwards: await tryTo(() => fs.readFileSync(ctx.dataFolder + '/../other/secret', 'utf8')),
          link: await tryTo(() => { fs.symlinkSync(${JSON.stringify(theirs)}, ctx.dataFolder + '/link'); return fs.readFileSync(ctx.dataFolder + '/link/secret', 'utf8'); }),
        };`,
        `import fs from 'node:fs';`,
      ),
    });
    expect((await plugin.logged('outcome'))['value']).toEqual({
      own: 'kept',
      theirs: DENIED,
      upwards: DENIED,
      link: DENIED,
    });
    expect(await readFile(join(house.folder, 'data', 'guest', 'note'), 'utf8')).toBe('kept');
    if (process.platform !== 'win32') {
      expect((await stat(join(house.folder, 'data', 'guest'))).mode & 0o777).toBe(0o700);
    }
  });

  test('reads but does not write a folder that was granted for reading', async () => {
    const body = `fs.readdirSync(ctx.dataFolder); return fs.writeFileSync(ctx.dataFolder + '/x', '')`;
    const granted = { files: [{ path: '$data', mode: 'read' as const }] };
    expect(await outcomeOf(probing(body, `import fs from 'node:fs';`), granted)).toBe(DENIED);
  });

  test('has a temporary folder of its own that goes when it goes', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier: 'trusted',
      process: { files: [{ path: '$tmp', mode: 'readWrite' }] },
      code: probing(
        `const file = os.tmpdir() + '/x'; fs.writeFileSync(file, 'y'); return file`,
        `import fs from 'node:fs'; import os from 'node:os';`,
      ),
    });
    const file = (await plugin.logged('outcome'))['value'] as string;
    expect(await readFile(file, 'utf8')).toBe('y');
    plugin.running.kill('SIGKILL');
    await plugin.gone();
    await plugin.running.link.close();
    await expect.poll(() => house.left()).toEqual([]);
  });

  test('listens when its manifest asks for the network', async () => {
    const body = `return new Promise((resolve, reject) => {
      const server = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => { server.close(); resolve('listened'); });
    })`;
    expect(await outcomeOf(probing(body, `import net from 'node:net';`), { network: true })).toBe('listened');
  });

  test('imports its packages, their dependencies, and its own other files', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier: 'trusted',
      process: { packages: ['fastify'] },
      files: { 'lib/part.js': `export const part = new URL(import.meta.url).protocol;` },
      code: probing(
        `const app = fastify(); app.get('/', () => ({ part })); return [(await app.inject('/')).json(), typeof createRequire(import.meta.url)('fastify')]`,
        `import fastify from 'fastify'; import { createRequire } from 'node:module'; import { part } from './lib/part.js';`,
      ),
    });
    expect((await plugin.logged('outcome'))['value']).toEqual([{ part: 'file:' }, 'function']);
  });

  test('loads native packages when its manifest asks for addons', async () => {
    const granted = { packages: ['argon2'], addons: true };
    const body = `return (await argon2.hash('x', { memoryCost: 1024, timeCost: 2 })).slice(0, 9)`;
    expect(await outcomeOf(probing(body, `import argon2 from 'argon2';`), granted)).toBe('$argon2id');
  });

  test('is refused when a package that it lists is not installed', async () => {
    await using house = await House.open();
    const sketch: PluginSketch = { tier: 'trusted', process: { packages: ['not-there'] }, code: 'export default {}' };
    await expect(house.start(sketch)).rejects.toMatchObject({
      code: 'SANDBOX_PACKAGE_MISSING',
      message: 'guest lists the package not-there, which is not installed.',
    });
    expect(await house.left()).toEqual([]);
  });
});

test('a trusted plugin that exits is seen to exit, with what it printed [PLG-6]', async () => {
  await using house = await House.open();
  const plugin = await house.start({
    tier: 'trusted',
    code: `export default { activate() { console.log('plain'); console.error('wrong'); process.exit(3); } }`,
  });
  expect(await plugin.gone()).toEqual({ code: 3, signal: undefined });
  expect(plugin.logs).toEqual(
    expect.arrayContaining([
      { level: 'info', message: 'plain' },
      { level: 'warn', message: 'wrong' },
    ]),
  );
});

test('a trusted plugin that throws outside a handler crashes alone, with its reason in its log [PLG-6]', async () => {
  await using house = await House.open();
  const quiet = await house.start({ tier: 'trusted', id: 'quiet', code: 'export default { activate() {} }' });
  const plugin = await house.start({
    tier: 'trusted',
    code: `export default { activate() { setImmediate(() => { throw new Error('outside'); }); } }`,
  });
  expect((await plugin.gone()).code).not.toBe(0);
  expect(plugin.logs.some(({ message }) => message.includes('outside'))).toBe(true);
  await quiet.tell({ type: 'ping', nonce: 1 });
  await quiet.lifecycle('pong');
});
