import type { PluginChanged, SystemStatus } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { commandContext } from '../../src/cli/command-context.ts';
import { StartDisplay } from '../../src/cli/start-display.ts';

const STATUS: SystemStatus = {
  version: '0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  uptimeMs: 1,
  ready: true,
  distribution: 'desktop',
  home: '/home-of-the-test',
  plugins: { total: 2, active: 1, failed: 1 },
  conditions: {},
  memoryMb: 1,
  messages: { routed: 0, refused: 0, dropped: 0 },
  endpoints: {},
  notices: [],
};

function change(id: string, to: PluginChanged['to'], error?: PluginChanged['error']): PluginChanged {
  const plain: PluginChanged = { id, name: id, version: '1.0.0', from: 'installed', to, enabled: true };
  return error === undefined ? plain : { ...plain, error };
}

function open({ isTerminal = false, json = false }) {
  let out = '';
  let err = '';
  const powers = {
    environment: { AICO_HOME: '/home-of-the-test' },
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    outClosed: new AbortController().signal,
    isTerminal,
    columns: 60,
    colors: { out: false, err: false },
    stdin: process.stdin,
  };
  return { display: new StartDisplay(commandContext(powers, { json })), out: () => out, err: () => err };
}

const TAKEN = { code: 'GATEWAY_PORT_TAKEN', message: 'The port 4127 is taken.', fix: 'Choose another one.' };

function start(display: StartDisplay, url?: string): void {
  display.phase('Verifying plugins');
  display.phase('Starting plugins');
  display.change(change('vault', 'starting'));
  display.change(change('vault', 'active'));
  display.change(change('chat', 'pending'));
  display.change(change('gateway', 'backoff', TAKEN));
  display.ready({ status: STATUS, url, elapsedMs: 1440 });
}

describe('the display of a start', () => {
  test('says each step on a line of its own where nothing can be drawn again', () => {
    const { display, out, err } = open({});
    start(display, 'http://127.0.0.1:4127');
    expect(out()).toBe('✓ Ready in 1.4 s: http://127.0.0.1:4127\n');
    expect(err()).toBe(
      [
        '• Verifying plugins',
        '• Starting plugins',
        '  vault: active',
        '  gateway: backoff',
        '  Waiting until the vault is open or others run: chat',
        '',
        'gateway is backoff',
        '✗ The port 4127 is taken.',
        '  Choose another one.',
        '  GATEWAY_PORT_TAKEN',
        '  Ctrl-C stops everything.',
        '',
      ].join('\n'),
    );
  });

  test('says that it cannot be reached when nothing listens', () => {
    const { display, out } = open({});
    start(display);
    expect(out()).toBe('✓ Ready in 1.4 s: but nothing offers an address; see below\n');
  });

  test('keeps to one line on a terminal, and never past its edge', () => {
    const { display, err } = open({ isTerminal: true });
    display.phase('Starting plugins');
    for (const id of ['vault', 'storage', 'gateway', 'console', 'memory', 'chat', 'llm'])
      display.change(change(id, 'starting'));
    const drawn = err().split('\r\u001b[2K');
    expect(drawn.at(-1)).toBe('• Starting plugins (0 of 7 run): vault, storage, gateway, c');
    expect(err()).not.toContain('\n');
  });

  test('puts a log line above the line that changes', () => {
    const { display, err } = open({ isTerminal: true });
    display.phase('Starting plugins');
    display.terminal.write('WARN: careful\n');
    expect(err()).toBe('• Starting plugins …\r\u001b[2KWARN: careful\n• Starting plugins …');
  });

  test.for([{ json: false }, { json: true }])(
    'leaves out what a plugin may have been told where its output may be kept (JSON: $json)',
    ({ json }) => {
      const { display, out, err } = open({ json });
      const told = {
        code: 'KERNEL_PLUGIN_ACTIVATE_FAILED',
        message: 'my cat is ill',
        fix: 'see a vet',
        details: { a: 'b!' },
      };
      display.change(change('diary', 'backoff', told), true);
      display.ready({ status: STATUS, url: 'http://127.0.0.1:4127', elapsedMs: 1440 });
      const all = out() + err();
      expect(all).not.toMatch(/ill|vet|b!/);
      expect(all).toContain('KERNEL_PLUGIN_ACTIVATE_FAILED');
      expect(all).toContain('aico plugin info diary says it');
    },
  );

  test('shows it where somebody looks', () => {
    const { display, err } = open({ isTerminal: true });
    display.change(
      change('diary', 'backoff', { code: 'KERNEL_PLUGIN_ACTIVATE_FAILED', message: 'my cat is ill' }),
      true,
    );
    display.ready({ status: STATUS, url: 'http://127.0.0.1:4127', elapsedMs: 1440 });
    expect(err()).toContain('my cat is ill');
  });

  test('is one JSON document to a line for machines', () => {
    const { display, out, err } = open({ json: true });
    start(display, 'http://127.0.0.1:4127');
    display.stopping('Ctrl-C');
    display.stopped();
    const events = out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event }) => event)).toEqual([...Array(4).fill('plugin'), 'ready', 'stopping', 'stopped']);
    expect(events[4]).toMatchObject({
      url: 'http://127.0.0.1:4127',
      elapsedMs: 1440,
      processId: process.pid,
      failed: [{ id: 'gateway', error: TAKEN }],
    });
    expect(err()).toBe('');
  });
});
