import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CHILDREN_FOLDER } from '../launch/installed.ts';
import { killGroup } from '../launch/kill-tree.ts';
import type { ProcessEnd, ProcessRequest, ProcessStarter, StartedProcess } from './process-starter.ts';
import { type StartMessage, type ThreadMessage, TOKEN_LENGTH } from './thread-messages.ts';

/** It holds some messages and sockets, and nothing else. */
const RESOURCES = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
const CLOSED = 'nothing is started any more';
/** What comes over a socket before it is a pipe's end comes at once. */
const HEAD_MS = 5_000;

/** A process that is being started, or runs. */
interface Entry {
  readonly pipes: Socket[];
  readonly awaited: number;
  readonly resolve: (started: StartedProcess) => void;
  readonly reject: (error: Error) => void;
  readonly ended: PromiseWithResolvers<ProcessEnd>;
  processId?: number;
  hasEnded?: boolean;
}

/**
 * Starts processes from a thread of its own. Linux copies what describes a process's memory whenever it starts another one, some
 * milliseconds for a kernel, in which the thread that asked for it stands still.
 */
export class LauncherThread implements ProcessStarter {
  readonly #address: string;
  readonly #server: Server;
  #worker: Worker | undefined;
  readonly #isListening: Promise<void>;
  readonly #entries = new Map<string, Entry>();
  #isClosed = false;

  /** @param folder where its socket lies, mode 0700 */
  constructor(folder: string) {
    this.#address = join(folder, `launcher-${randomBytes(6).toString('hex')}.sock`);
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#receive(socket));
    this.#isListening = new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#address, resolve);
    });
    this.#isListening.catch(() => {});
    this.#server.unref();
    this.#worker = this.#startThread();
  }

  async start(request: ProcessRequest): Promise<StartedProcess> {
    await this.#isListening;
    if (this.#isClosed) throw new Error(CLOSED);
    const token = randomBytes(TOKEN_LENGTH / 2).toString('hex');
    return new Promise((resolve, reject) => {
      this.#entries.set(token, {
        pipes: [],
        awaited: request.pipes,
        resolve,
        reject,
        ended: Promise.withResolvers(),
      });
      this.#worker ??= this.#startThread();
      this.#worker.postMessage({ ...request, token } satisfies StartMessage);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#abandonAll(CLOSED);
    this.#server.close();
    void this.#worker?.terminate();
  }

  #startThread(): Worker {
    const worker = new Worker(join(CHILDREN_FOLDER, 'launcher.mjs'), {
      workerData: { address: this.#address },
      env: {},
      execArgv: [],
      resourceLimits: RESOURCES,
    });
    worker.unref();
    worker.on('message', (message: ThreadMessage) => this.#hear(message));
    worker.once('error', ({ message }) => {
      // The next that is to be started has another one made.
      this.#worker = undefined;
      this.#abandonAll(message);
    });
    return worker;
  }

  #hear(message: ThreadMessage): void {
    const { type, token } = message;
    const entry = this.#entries.get(token);
    if (entry === undefined) return;
    if (type === 'failed') {
      this.#entries.delete(token);
      abandon(entry, message.problem);
      return;
    }
    if (type === 'started') entry.processId = message.processId;
    if (type === 'ended') {
      entry.hasEnded = true;
      entry.ended.resolve({ code: message.code, signal: message.signal });
    }
    this.#proceed(token, entry);
  }

  /** The first bytes of a connection say whose pipe it is; whoever else connects is shut out. */
  #receive(socket: Socket): void {
    const late = setTimeout(() => socket.destroy(), HEAD_MS).unref();
    socket.on('error', () => {});
    socket.on('readable', () => {
      const head = (socket.read(TOKEN_LENGTH + 1) as Buffer | null)?.toString('latin1');
      if (head === undefined) return;
      clearTimeout(late);
      socket.removeAllListeners('readable');
      const token = head.slice(0, TOKEN_LENGTH);
      const entry = this.#entries.get(token);
      const place = Number(head.slice(TOKEN_LENGTH));
      if (entry === undefined || !(place < entry.awaited) || entry.pipes[place] !== undefined) {
        socket.destroy();
        return;
      }
      entry.pipes[place] = socket;
      this.#proceed(token, entry);
    });
  }

  /** One that has ended already may have left its last words in pipes that are yet to come. */
  #proceed(token: string, entry: Entry): void {
    const { processId, pipes, awaited, resolve, ended } = entry;
    if (processId === undefined || pipes.filter(Boolean).length < awaited) return;
    resolve({ processId, pipes, ended: ended.promise });
    if (entry.hasEnded === true) this.#entries.delete(token);
  }

  /** How the processes that run end nobody tells any more: they are ended. */
  #abandonAll(problem: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.processId !== undefined) killGroup(entry.processId);
      entry.ended.resolve({ code: undefined, signal: 'SIGKILL' });
      abandon(entry, problem);
    }
    this.#entries.clear();
  }
}

function abandon({ pipes, reject }: Entry, problem: string): void {
  for (const pipe of pipes) pipe?.destroy();
  reject(new Error(problem));
}
