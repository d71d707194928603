import { describe, expect, test } from 'vitest';
import { ViewBridge } from '../../ui/src/views/view-bridge.ts';

function bridge(ask: (name: string, data: unknown) => Promise<unknown> = async (_, data) => data) {
  const sent: Record<string, unknown>[] = [];
  let now = 0;
  let stops = 0;
  const made = new ViewBridge({
    ask,
    send: (text) => sent.push(JSON.parse(text)),
    stop: () => {
      stops += 1;
    },
    now: () => now,
  });
  const say = (id: unknown, name: unknown = 'list', data?: unknown) => made.receive(JSON.stringify({ id, name, data }));
  const pass = (ms: number): void => {
    now += ms;
  };
  return { made, sent, say, pass, stops: () => stops };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the bridge of a view [PLG-5, SEC-4]', () => {
  test('answers what its plugin answers, and what it refuses in its own words', async () => {
    const { sent, say } = bridge(async (name) => {
      if (name === 'list') return [1];
      throw new Error('no');
    });
    say(1);
    say(2, 'other');
    await settled();
    expect(sent).toMatchObject([
      { id: 1, data: [1] },
      { id: 2, error: { code: expect.any(String) } },
    ]);
  });

  test.each([
    ['an object', {}],
    ['no JSON', 'x'],
    ['no number', JSON.stringify({ id: '1', name: 'list' })],
    ['no name', JSON.stringify({ id: 1 })],
    ['null', 'null'],
    ['too much', JSON.stringify({ id: 1, name: 'list', data: 'x'.repeat(200_000) })],
  ])('ends with %s, once, and hears nothing more', async (_, message) => {
    const { made, sent, say, stops } = bridge();
    made.receive(message);
    made.receive(message);
    say(1);
    made.tell({ surroundings: {} });
    await settled();
    expect([sent, stops()]).toEqual([[], 1]);
  });

  test('asks eight things at a time and refuses the ninth', async () => {
    const { sent, say } = bridge(() => new Promise(() => {}));
    for (let id = 1; id <= 9; id += 1) say(id);
    await settled();
    expect(sent).toMatchObject([{ id: 9, error: { code: 'CONSOLE_VIEW_ASK_REFUSED' } }]);
  });

  test('lets a burst through, then ten a second, and ends a view that goes on', async () => {
    const { sent, say, pass, stops } = bridge();
    for (let id = 0; id < 25; id += 1) {
      say(id);
      await settled();
    }
    expect(sent.filter(({ error }) => error).length).toBe(5);
    pass(1_000);
    for (let id = 0; id < 10; id += 1) {
      say(id);
      await settled();
    }
    expect(sent.filter(({ error }) => error).length).toBe(5);
    for (let id = 0; id < 46; id += 1) say(id);
    expect(stops()).toBe(1);
  });

  test('refuses a name that is none, and so no topic is ever part of one', async () => {
    const { sent, say } = bridge();
    say(1, '*');
    say(2, 'plugin/other');
    await settled();
    expect(sent).toMatchObject([{ error: { code: 'CONSOLE_VIEW_ASK_REFUSED' } }, { error: {} }]);
  });
});
