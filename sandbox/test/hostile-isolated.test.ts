import { RecordKind } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { House } from './support/house.ts';

/** A plugin that runs a body in activate and logs what it returns, or what it threw. */
function probing(body: string): string {
  return `export default { async activate(ctx) {
    const outcome = await (async () => { ${body} })().catch((error) => ({ threw: String(error) }));
    ctx.log.info('outcome', { value: outcome });
  } }`;
}

async function outcomeOf(body: string): Promise<unknown> {
  await using house = await House.open();
  const plugin = await house.start({ tier: 'isolated', code: probing(body) });
  return (await plugin.logged('outcome'))['value'];
}

describe('an isolated plugin cannot [PLG-6]', () => {
  test('see Node, files, the network or compiled code', async () => {
    const names = [
      'process',
      'require',
      'fetch',
      'WebSocket',
      'Buffer',
      'global',
      'WebAssembly',
      'SharedArrayBuffer',
      'Atomics',
      'eval',
    ];
    const body = `return ${JSON.stringify(names)}.filter((name) => typeof globalThis[name] !== 'undefined')`;
    expect(await outcomeOf(body)).toEqual([]);
  });

  test('find anything among its globals but the language and what the sandbox offers', async () => {
    const found = (await outcomeOf('return Object.getOwnPropertyNames(globalThis)')) as string[];
    const unexpected = found.filter((name) => !(name in globalThis) && name !== 'Temporal');
    expect(unexpected).toEqual([]);
  });

  test('climb out by constructors, of its own objects or of the host’s', async () => {
    const body = `
      const tries = [
        () => this.constructor.constructor('return process')(),
        () => ctx.constructor.constructor('return process')(),
        () => ctx.log.info.constructor('return process')(),
        () => ctx.bus.request.constructor('return process')(),
        () => (async () => {}).constructor('return process')(),
        () => (function* () {}).constructor('return process')(),
        () => (async function* () {}).constructor('return process')(),
        () => Reflect.construct(Function, ['return process']),
        () => Function('return process')(),
        () => setTimeout.constructor('return process')(),
        () => crypto.getRandomValues.constructor('return process')(),
        () => Object.getPrototypeOf(ctx.log.warn).constructor('return process')(),
        () => { try { null.x } catch (error) { return error.constructor.constructor('return process')() } },
        () => { try { crypto.getRandomValues({ byteLength: 9 }) } catch (error) { return error.constructor.constructor('return process')() } },
        () => (0, eval)('process'),
      ];
      return tries.map((attempt) => { try { return 'got ' + typeof attempt() } catch (error) { return error.name } })
        .filter((result) => result.startsWith('got object') || result.startsWith('got function'));`;
    expect(await outcomeOf(body)).toEqual([]);
  });

  test('reach the host through stack traces', async () => {
    const body = `
      Error.prepareStackTrace = (error, frames) => frames;
      const frames = new Error('x').stack;
      const found = Array.isArray(frames) ? frames.map((frame) => {
        const it = frame.getThis?.(); const fn = frame.getFunction?.();
        return [typeof it?.process, typeof it?.require, typeof fn?.constructor?.('return process')];
      }) : [];
      return found.flat().some((type) => type === 'object' || type === 'function');`;
    expect(await outcomeOf(body)).not.toBe(true);
  });

  test('import anything, statically', async () => {
    await using house = await House.open();
    for (const specifier of ['node:fs', 'fs', './other.js', 'data:text/javascript,export default 1', '@aico/sdk']) {
      const plugin = await house.start({ tier: 'isolated', code: `import x from '${specifier}'; export default x;` });
      const { error, problem } = await plugin.lifecycle('failed');
      expect(error).toMatchObject({ code: 'SANDBOX_IMPORT_DENIED' });
      expect(problem).toContain(specifier);
    }
  });

  test('import anything, dynamically', async () => {
    expect(await outcomeOf(`return import('node:fs').then(() => 'got it', () => 'refused')`)).toBe('refused');
  });

  test('read a file of the disk through its assets', async () => {
    const body = `return ['/etc/passwd', '../../../../etc/passwd', 'file:///etc/passwd', '__proto__', 'constructor']
      .filter((path) => ctx.assets.read(path) !== undefined)`;
    expect(await outcomeOf(body)).toEqual([]);
  });

  test('hurt anybody but itself by changing the language under the sandbox', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier: 'isolated',
      code: `
        const stolen = [];
        for (const name of ['call', 'apply', 'bind']) {
          Function.prototype[name] = function () { stolen.push(this); };
        }
        Array.prototype.push = function () { stolen[stolen.length] = this; };
        JSON.stringify = (value) => '[[1,2,3]]';
        Map.prototype.get = () => { throw new Error('no'); };
        Promise.prototype.then = function () { return this; };
        export default { activate() {} }`,
    });
    const twin = await house.start({ tier: 'isolated', id: 'twin', code: 'export default { activate() {} }' });
    await twin.lifecycle('active');
    plugin.running.kill('SIGKILL');
    expect((await plugin.gone()).signal).toBe('SIGKILL');
    await twin.tell({ type: 'ping', nonce: 1 });
    await twin.lifecycle('pong');
  });

  test('send anything but well-formed records, whatever it made of JSON', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier: 'isolated',
      code: `
        const bad = ['[[1,2,3]]', '{}', '[null]', '[["1",1,0,"a","",""]]', '[[1,-1,0,"a","",""]]', '[[1,1,0,{},"",""]]', 'x', '[[1,1,0,"' + 'a'.repeat(999) + '","",""]]'];
        const stringify = JSON.stringify;
        export default { async activate(ctx) {
          JSON.stringify = () => bad.pop();
          for (let i = bad.length; i > 0; i -= 1) { ctx.bus.publish('plugin.guest.x.v1', {}); await null; await null; }
          JSON.stringify = stringify;
        } }`,
    });
    await plugin.lifecycle('active');
    expect(plugin.records.map(({ kind }) => kind)).toEqual([RecordKind.lifecycle]);
  });
});
