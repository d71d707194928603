import { RecordKind } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { House, TIERS } from './support/house.ts';

const QUIET = 'export default { activate() {} }';

describe.each(TIERS)('a plugin of the %s tier', (tier) => {
  test('starts, answers pings, deactivates when asked and leaves nothing behind [PLG-1]', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      code: `export default {
        activate(ctx) { ctx.log.info('hello', { id: ctx.id, colour: ctx.config.get('colour') }); },
        deactivate(reason) { console.log('bye ' + reason); },
      }`,
    });
    await plugin.lifecycle('active');
    expect(await plugin.logged('hello')).toEqual({ id: 'guest', colour: 'blue' });
    await plugin.tell({ type: 'ping', nonce: 7 });
    expect(await plugin.lifecycle('pong')).toEqual({ type: 'pong', nonce: 7 });
    await plugin.tell({ type: 'deactivate', reason: 'unloaded' });
    await plugin.lifecycle('deactivated');
    expect(await plugin.gone()).toEqual({ code: 0, signal: undefined });
    await plugin.logged('bye unloaded');
    await plugin.running.link.close();
    expect(await house.left()).toEqual([]);
  });

  test('serves a request over its own socket', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      code: `export default { async activate(ctx) {
        ctx.bus.serve('plugin.guest.command.run.v1', (request) => ({ text: 'you said ' + request.data.text }));
      } }`,
    });
    const serve = await plugin.record(RecordKind.serve);
    expect(serve.topic).toBe('plugin.guest.command.run.v1');
    await plugin.send(
      { kind: RecordKind.confirm, correlation: serve.correlation },
      {
        kind: RecordKind.request,
        correlation: 9,
        topic: serve.topic,
        header: Buffer.from('{"sender":"chat","incarnation":"chat-1"}'),
        payload: Buffer.from('{"text":"Grüße 👋"}'),
      },
    );
    const reply = await plugin.record(RecordKind.reply);
    expect(reply.correlation).toBe(9);
    expect(JSON.parse(Buffer.from(reply.payload).toString())).toEqual({ text: 'you said Grüße 👋' });
  });

  test('reads the files of its own package', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      files: { 'ui/page.html': '<p>ä</p>' },
      code: `export default { activate(ctx) {
        const text = new TextDecoder().decode(ctx.assets.read('ui/page.html'));
        ctx.log.info('assets', { text, missing: ctx.assets.read('../../etc/passwd') === undefined, paths: ctx.assets.paths });
      } }`,
    });
    expect(await plugin.logged('assets')).toEqual({
      text: '<p>ä</p>',
      missing: true,
      paths: ['plugin.json', 'index.js', 'ui/page.html'],
    });
  });

  test('has timers that can be undone', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      code: `export default { activate(ctx) {
        const order = [];
        ctx.setTimer(60, () => order.push('late'));
        ctx.setTimer(10, () => order.push('soon'));
        const undo = ctx.setTimer(20, () => order.push('never'));
        undo();
        setTimeout(() => order.push('plain'), 30);
        clearTimeout(setTimeout(() => order.push('never'), 30));
        ctx.setTimer(100, () => ctx.log.info('order', { order }));
      } }`,
    });
    expect(await plugin.logged('order')).toEqual({ order: ['soon', 'plain', 'late'] });
  });

  test('has timers that come in the order in which they are due, also when they are late', async () => {
    await using house = await House.open();
    const plugin = await house.start({
      tier,
      code: `export default { activate(ctx) {
        const order = [];
        setTimeout(() => order.push('second'), 300);
        ctx.setTimer(10, () => order.push('first'));
        ctx.setTimer(600, () => order.push('third'));
        ctx.setTimer(1_000, () => ctx.log.info('order', { order }));
        for (const until = Date.now() + 700; Date.now() < until; );
      } }`,
    });
    expect(await plugin.logged('order')).toEqual({ order: ['first', 'second', 'third'] });
  });

  test('tells its layers of confinement and its usage [PLG-3]', async () => {
    await using house = await House.open();
    const plugin = await house.start({ tier, code: QUIET });
    const names = plugin.running.confinement.filter(({ on }) => on).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['own process', 'node permissions']));
    for (const layer of plugin.running.confinement) expect(layer.on || layer.why !== undefined).toBe(true);
    if (process.platform === 'linux') expect(plugin.running.usage()?.memoryMb).toBeGreaterThan(5);
  });

  test('ends when it is told to terminate [PLG-6]', async () => {
    await using house = await House.open();
    const plugin = await house.start({ tier, code: QUIET });
    await plugin.lifecycle('active');
    plugin.running.kill('SIGTERM');
    expect((await plugin.gone(3_000)).code).not.toBe(0);
  });

  test('is killed with everything it runs [PLG-6]', async () => {
    await using house = await House.open();
    const plugin = await house.start({ tier, code: QUIET });
    await plugin.lifecycle('active');
    plugin.running.kill('SIGKILL');
    expect(await plugin.gone()).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  test('fails with a reason when its code throws, exports nothing, or is no module [PLG-6]', async () => {
    await using house = await House.open();
    const problems = [
      [`throw new Error('not today'); export default {}`, /not today/],
      ['export const x = 1', /no valid default export/],
      ['export defaul {', /SyntaxError|Unexpected/],
      [`export default { activate() { throw new Error('in activate') } }`, /in activate/],
    ] as const;
    for (const [code, problem] of problems) {
      const plugin = await house.start({ tier, code });
      expect((await plugin.lifecycle('failed')).problem).toMatch(problem);
      plugin.running.kill('SIGKILL');
      await plugin.gone();
      await plugin.running.link.close();
    }
  });
});
