import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LauncherThread } from '../../src/launcher/launcher-thread.ts';
import type { ProcessRequest, ProcessStarter } from '../../src/launcher/process-starter.ts';
import { startHere } from '../../src/launcher/start-here.ts';

const LINUX = process.platform === 'linux';
let folder: string;
let thread: LauncherThread;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aico-launcher-'));
  thread = new LauncherThread(folder);
});
afterEach(async () => {
  thread.close();
  await rm(folder, { recursive: true, force: true });
});

const STARTERS: [string, () => ProcessStarter][] = [
  ['from this thread', () => startHere],
  ['from a thread of its own', () => thread],
];

function node(code: string, environment: Readonly<Record<string, string>> = {}): ProcessRequest {
  return { command: process.execPath, parameters: ['-e', code], environment, pipes: 3 };
}

describe.runIf(LINUX).each(STARTERS)('a process that is started %s [PLG-6]', (_, starter) => {
  test('has its pipes, each in its place, and nothing of this environment', async () => {
    const code = `
      const { readFileSync, readlinkSync, readdirSync, writeSync } = require('node:fs');
      writeSync(1, JSON.stringify([process.env, process.cwd(), readFileSync('/proc/self/stat', 'utf8').split(' ')[5] === String(process.pid)]));
      writeSync(2, 'an error');
      const pipe = new (require('node:net').Socket)({ fd: 3 });
      pipe.on('data', (data) => pipe.end(String(data).toUpperCase()));`;
    const { pipes, ended } = await starter().start(node(code, { TZ: 'UTC' }));
    const [output, errors, third] = pipes as [Duplex, Duplex, Duplex];
    third.write('a secret');
    expect(await Promise.all([text(output), text(errors), text(third)])).toEqual([
      JSON.stringify([{ TZ: 'UTC' }, '/', true]),
      'an error',
      'A SECRET',
    ]);
    expect(await ended).toEqual({ code: 0, signal: undefined });
  });

  test('holds no descriptor but those', async () => {
    const code = `require('node:fs').writeSync(1, JSON.stringify(require('node:fs').readdirSync('/proc/self/fd').filter((fd) => {
      try { return require('node:fs').readlinkSync('/proc/self/fd/' + fd).startsWith('socket:'); } catch { return false; }
    })))`;
    const { pipes } = await starter().start(node(code));
    expect(await text(pipes[0] as Duplex)).toBe('["1","2","3"]');
  });

  test('is told of with its code, or the signal that ended it', async () => {
    const failed = await starter().start(node('process.exit(7)'));
    expect(await failed.ended).toEqual({ code: 7, signal: undefined });
    const killed = await starter().start(node('setInterval(() => {}, 1000)'));
    process.kill(-killed.processId, 'SIGKILL');
    expect(await killed.ended).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  test('that cannot be is refused in the words of the system', async () => {
    const starting = starter().start({ command: '/nowhere/at-all', parameters: [], environment: {}, pipes: 3 });
    await expect(starting).rejects.toThrow(/ENOENT/);
  });

  test('comes beside many others, and each has its own pipes', async () => {
    const started = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        starter().start({ ...node(''), command: '/bin/echo', parameters: [`${n}`] }),
      ),
    );
    const told = await Promise.all(started.map(({ pipes }) => text(pipes[0] as Duplex)));
    expect(told).toEqual(started.map((_, n) => `${n}\n`));
  });
});

describe.runIf(LINUX)('the thread that starts processes [PLG-6]', () => {
  test('shuts out whoever else connects to its socket', async () => {
    await thread.start({ ...node(''), command: '/bin/true' });
    const [socket] = (await readdir(folder)) as [string];
    const stranger = connect(join(folder, socket));
    stranger.write(`${'0'.repeat(32)}0`);
    await once(stranger, 'close');
  });

  test('that fails ends what it started, and another one takes its place', async () => {
    const { processId, ended, pipes } = await thread.start(node('setInterval(() => {}, 1000)'));
    for (const pipe of pipes) pipe.on('error', () => {}).resume();
    const tooMuch = Array.from({ length: 3_000_000 }, (_, n) => `word ${n}`);
    await expect(thread.start({ ...node(''), parameters: tooMuch })).rejects.toThrow(/memory/);
    expect(await ended).toEqual({ code: undefined, signal: 'SIGKILL' });
    await expect.poll(() => runs(processId)).toBe(false);
    const next = await thread.start({ ...node(''), command: '/bin/echo', parameters: ['here'] });
    expect(await text(next.pipes[0] as Duplex)).toBe('here\n');
  });

  test('leaves no process behind that nobody would hear of, and starts none once it is closed', async () => {
    const { processId, ended, pipes } = await thread.start(node('setInterval(() => {}, 1000)'));
    for (const pipe of pipes) pipe.on('error', () => {}).resume();
    thread.close();
    expect(await ended).toEqual({ code: undefined, signal: 'SIGKILL' });
    await expect.poll(() => runs(processId)).toBe(false);
    await expect(thread.start(node(''))).rejects.toThrow('nothing is started any more');
    await expect.poll(() => readdir(folder)).toEqual([]);
  });
});

/** Who has ended and was not asked how is there by its number alone. */
function runs(processId: number): boolean {
  try {
    return readFileSync(`/proc/${processId}/stat`, 'utf8').split(' ')[2] !== 'Z';
  } catch {
    return false;
  }
}
