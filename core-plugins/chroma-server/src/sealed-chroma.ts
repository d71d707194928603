import { spawn } from 'node:child_process';
import type { VectorServerAnswer, VectorServerAsk } from '@aico/sdk';
import { sealedArguments } from '@aico/sdk/system';
import { besideChroma, type Tells, type Told } from './beside-chroma.ts';

export interface SealedOptions {
  /** The command of npm's chromadb. */
  readonly program: string;
  /** Folder in which npm installed it. */
  readonly installed: string;
  /** Its files: a folder of the encrypted one. */
  readonly data: string;
  readonly memoryMb: number;
}

/** One Chroma process, from its start to its end. */
export interface SealedChroma {
  /** Resolves when it answers; rejects when it does not come to that. */
  readonly ready: Promise<void>;
  /** Why it ended. */
  readonly ended: Promise<string>;
  ask(asked: VectorServerAsk): Promise<VectorServerAnswer>;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/** The descriptor by which it is asked: the fourth of the process. */
const CHANNEL = '3';
const READY_MS = 30_000;
const STOP_MS = 5_000;
const MOST_OUTPUT = 2_000;
const NOT_INSTALLED = 'bubblewrap (bwrap) is not installed, and without it other users of this computer would reach it';

type Waiting = PromiseWithResolvers<VectorServerAnswer>;

/** Starts Chroma where nobody else reaches it. */
export function startSealed({ program, installed, data, memoryMb }: SealedOptions): SealedChroma {
  const beside = ['--input-type=module', '-e', `(${besideChroma})()`, '--', program, String(memoryMb)];
  const environment = { NODE_CHANNEL_FD: CHANNEL, HOME: '/tmp' };
  const sealed = sealedArguments({ readable: [installed], environment, data });
  const child = spawn('bwrap', [...sealed, process.execPath, ...beside], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    cwd: '/',
  });
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  const waiting = new Map<number, Waiting>();
  let number = 0;
  let output = '';
  let reason: string | undefined;
  const late = setTimeout(() => {
    reason ??= `it does not answer within ${READY_MS / 1_000} s`;
    child.kill('SIGKILL');
  }, READY_MS);

  const finish = (why: string): void => {
    clearTimeout(late);
    const error = new Error(why);
    ready.reject(error);
    for (const each of waiting.values()) each.reject(error);
    waiting.clear();
    ended.resolve(why);
  };
  // Whoever looks at neither is not to be ended by it.
  ready.promise.catch(() => undefined);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-MOST_OUTPUT);
  });
  child.once('error', (error: NodeJS.ErrnoException) =>
    finish(error.code === 'ENOENT' ? NOT_INSTALLED : error.message),
  );
  child.once('close', (code) => {
    finish(reason ?? (output.trim().split('\n').at(-1) || `it ended with ${code}`));
  });
  child.on('message', (told: Tells) => {
    if ('ended' in told) reason ??= told.ended;
    else if ('ready' in told) {
      clearTimeout(late);
      ready.resolve();
    } else {
      const asked = waiting.get(told.id);
      waiting.delete(told.id);
      if ('problem' in told) asked?.reject(new Error(told.problem));
      else asked?.resolve({ status: told.status, text: told.text });
    }
  });
  const tell = (told: Told): void => void (child.connected && child.send(told, () => undefined));

  return {
    ready: ready.promise,
    ended: ended.promise,
    ask: (asked) => {
      number += 1;
      const answer = Promise.withResolvers<VectorServerAnswer>();
      if (!child.connected) answer.reject(new Error('it ended'));
      else waiting.set(number, answer);
      tell({ id: number, ...asked });
      return answer.promise;
    },
    stop: async () => {
      tell('end');
      const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended.promise;
      clearTimeout(hard);
    },
  };
}
