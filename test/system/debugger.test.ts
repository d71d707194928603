import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { Desk } from '../support/author-desk.ts';
import { BrowserSession } from '../support/browser-session.ts';

const SOURCE = `import { AicoError, definePlugin } from '@aico/sdk';

/** Says hello, in two steps. */
function greet(name: string): string {
  const word = 'Hello';
  const greeting = \`\${word}, \${name}!\`;
  if (name === '') throw new AicoError('SDK_HANDLER_FAILED', { subject: 'nobody' });
  return greeting;
}

export default definePlugin({
  activate(ctx): void {
    const greetings = ctx.metrics.counter('greetings', { description: 'Who was greeted', labels: ['name'] });
    const length = ctx.metrics.histogram('name.length', { unit: '{characters}', bounds: [2, 10] });
    ctx.bus.serve('plugin.hi-there.command.run.v1', ({ data }) => {
      greetings.add(1, { name: data.arguments ?? '' });
      length.record(data.arguments.length);
      return { text: greet(data.arguments ?? '') };
    });
  },
});
`;

test('an author stops in their own source, from its first line on, reads a variable, steps and goes on, and sees what it counts; nobody else has a way in [PLG-9, SEC-4]', async () => {
  const desk = await Desk.open();
  const session = await BrowserSession.setup(desk.product.url);
  const { id: conversation } = await session.conversation();
  await desk.json('plugin', 'create', 'hi-there', '--author', 'Ada');
  const plugin = join(desk.folder, 'hi-there');
  const source = join(plugin, 'src/index.ts');
  await writeFile(source, SOURCE);
  const layers = async () => {
    const { confinement } = (await desk.json('plugin', 'info', 'hi-there')) as { confinement: { name: string }[] };
    return confinement.map(({ name }) => name);
  };

  const dev = desk.dev(plugin, '--inspect');
  await dev.next('reloaded');
  const { address } = (await dev.next('debugger')) as { address: string };
  const { host, port, pathname } = new URL(address);
  expect([await layers(), host, pathname.length]).toEqual([
    expect.arrayContaining(['no debugger']),
    `127.0.0.1:${port}`,
    33,
  ]);

  // Whoever lacks the secret, or is a page of the web, is told nothing.
  for (const [what, path, headers, status] of [
    ['the list', `${pathname}/json/list`, {}, 200],
    ['the list without the secret', '/json/list', {}, 403],
    ['the list with another', `/${'A'.repeat(32)}/json/list`, {}, 403],
    ['the list by another name', `${pathname}/json/list`, { host: `evil.example:${port}` }, 403],
    ['the list for a page', `${pathname}/json/list`, { origin: 'https://evil.example' }, 403],
    ['something else', `${pathname}/json/new`, {}, 404],
  ] as const) {
    expect([what, await statusOf(Number(port), path, headers)]).toEqual([what, status]);
  }
  for (const [what, url, headers] of [
    ['without the secret', `ws://${host}/`, {}],
    ['with another', `ws://${host}/${'A'.repeat(32)}`, {}],
    ['for a page', address, { origin: `http://${host}` }],
    ['by another name', address, { host: `evil.example:${port}` }],
  ] as const) {
    expect([what, await refusalOf(url, headers)]).toEqual([what, 'Unexpected server response: 403']);
  }

  const chrome = await Client.connect(address, 'devtools://devtools');
  expect(await refusalOf(address, {})).toBe('Unexpected server response: 409');
  await chrome.ask('Runtime.enable');
  await chrome.ask('Debugger.enable');
  const { map, url } = await chrome.script('hi-there');
  const file = pathToFileURL(source).href;
  expect(map.sourcesContent?.[map.resolvedSources.indexOf(file)]).toBe(SOURCE);
  const line = SOURCE.split('\n').findIndex((each) => each.includes('const greeting')) + 1;
  const place = generatedPositionFor(map, { source: file, line, column: 2, bias: 1 });
  const breakpoint = { url, lineNumber: (place.line ?? 0) - 1, columnNumber: place.column ?? 0 };
  expect(await chrome.ask('Debugger.setBreakpointByUrl', breakpoint)).toMatchObject({ locations: [{}] });

  const turn = session.turn(conversation, '/hi-there Ada');
  const paused = await chrome.paused();
  const where = (frame: Frame) =>
    originalPositionFor(map, { line: frame.location.lineNumber + 1, column: frame.location.columnNumber });
  expect(where(paused)).toMatchObject({ source: file, line });
  const evaluate = async (frame: Frame, expression: string) =>
    (await chrome.ask('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression }))['result'];
  expect(await evaluate(paused, 'word + name')).toMatchObject({ value: 'HelloAda' });
  await chrome.ask('Debugger.stepOver');
  const stepped = await chrome.paused();
  expect([where(stepped).line, await evaluate(stepped, 'greeting')]).toMatchObject([
    line + 1,
    { value: 'Hello, Ada!' },
  ]);
  await chrome.ask('Debugger.resume');
  expect((await turn).reply?.text).toBe('Hello, Ada!');

  // Saved while it stands: it is let go, the newer code takes over, and the debugger comes again to that.
  const held = session.turn(conversation, '/hi-there Eve');
  await chrome.paused();
  await writeFile(source, SOURCE.replace("'Hello'", "'Moin'"));
  await dev.next('reloaded');
  expect([(await held).reply?.text, await chrome.closed]).toEqual(['Hello, Eve!', 1012]);
  const again = await Client.connect(address);
  await again.ask('Debugger.enable');
  expect((await again.script('hi-there')).map.sourcesContent?.join()).toContain("'Moin'");
  expect((await session.turn(conversation, '/hi-there Ada')).reply?.text).toBe('Moin, Ada!');

  // What it counts of itself since it started.
  const metrics = async () => ((await desk.json('plugin', 'info', 'hi-there')) as { metrics?: unknown }).metrics;
  await expect.poll(metrics, { timeout: 15_000 }).toEqual([
    {
      ...{ name: 'greetings', kind: 'counter', description: 'Who was greeted' },
      series: [{ labels: { name: 'Ada' }, value: 1 }],
    },
    {
      ...{ name: 'name.length', kind: 'histogram', unit: '{characters}', bounds: [2, 10] },
      series: [{ labels: {}, value: 3, counts: [0, 1, 0] }],
    },
  ]);

  // It ends with the command: no port, and the plugin runs as ever.
  await dev.end();
  expect(await refusalOf(address, {})).toContain('ECONNREFUSED');
  expect(await layers()).not.toContain('no debugger');
  expect((await session.turn(conversation, '/hi-there Ada')).reply?.text).toBe('Moin, Ada!');
  expect(await readFile(join(plugin, 'dist/bundle/index.js.map'), 'utf8')).not.toContain('Moin');

  // To see it from its beginning, it waits for a debugger and stops at the first line of its author's that runs.
  const waiting = desk.dev(plugin, '--inspect-brk');
  await waiting.next('reloaded');
  const told = (await waiting.next('debugger')) as { address: string; waits: boolean };
  expect([told.waits, await desk.json('plugin', 'info', 'hi-there')]).toMatchObject([true, { state: 'starting' }]);
  const early = await Client.connect(told.address);
  await early.ask('Runtime.enable');
  await early.ask('Debugger.enable');
  await early.ask('Runtime.runIfWaitingForDebugger');
  const first = await early.paused();
  const { map: own } = await early.script('hi-there');
  expect(
    originalPositionFor(own, { line: first.location.lineNumber + 1, column: first.location.columnNumber }),
  ).toMatchObject({ source: file, line: SOURCE.split('\n').findIndex((each) => each.includes('export default')) + 1 });
  await early.ask('Debugger.resume');
  const state = async () => ((await desk.json('plugin', 'info', 'hi-there')) as { state?: unknown }).state;
  await expect.poll(state, { timeout: 15_000 }).toBe('active');
  expect((await session.turn(conversation, '/hi-there Ada')).reply?.text).toBe('Moin, Ada!');
  await waiting.end();
}, 200_000);

interface Frame {
  readonly callFrameId: string;
  readonly location: { readonly lineNumber: number; readonly columnNumber: number };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly url?: string; readonly sourceMapURL?: string; readonly callFrames?: readonly Frame[] };
  readonly result?: Record<string, unknown>;
  readonly error?: unknown;
}

/** A debugger of its own: it speaks the Chrome DevTools protocol over a WebSocket. */
class Client {
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  #heard: Message[] = [];
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#heard.push(JSON.parse(String(data)) as Message));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    onTestFinished(() => socket.terminate());
  }

  static async connect(address: string, origin?: string): Promise<Client> {
    const socket = new WebSocket(address, origin === undefined ? {} : { origin });
    const client = new Client(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  async ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    this.#last += 1;
    const id = this.#last;
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await this.#take((message) => message.id === id, method);
    return result ?? expect.fail(`${method} failed: ${JSON.stringify(error)}`);
  }

  /** The plugin's own code, with the map that it was told with. */
  async script(id: string): Promise<{ url: string; map: TraceMap }> {
    const url = `aico:/${id}/dist/bundle/index.js`;
    const { params } = await this.#take(
      ({ method, params: of }) => method === 'Debugger.scriptParsed' && of?.url === url,
      'scriptParsed',
    );
    const [, data = ''] = (params?.sourceMapURL ?? '').split('base64,');
    return { url, map: new TraceMap(Buffer.from(data, 'base64').toString()) };
  }

  /** Where it stands now. */
  async paused(): Promise<Frame> {
    const { params } = await this.#take(({ method }) => method === 'Debugger.paused', 'paused');
    return params?.callFrames?.[0] ?? expect.fail('it stands nowhere');
  }

  async #take(is: (message: Message) => boolean, what: string): Promise<Message> {
    await expect.poll(() => this.#heard.some(is), { timeout: 30_000, interval: 20, message: what }).toBe(true);
    const found = this.#heard.find(is) ?? {};
    this.#heard = this.#heard.filter((message) => message !== found);
    return found;
  }
}

function statusOf(port: number, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once('error', reject).end();
  });
}

function refusalOf(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.once('error', (error) => resolve(error.message));
    socket.once('open', () => {
      socket.terminate();
      reject(new Error(`${url} was opened`));
    });
  });
}
