import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_QUOTA } from '@aico/kernel';
import type { LogLine, PluginRunner, RunExit, RunningPlugin } from '@aico/kernel/contracts';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { type Grant, type LifecycleMessage, type Manifest, type Quota, RecordKind } from '@aico/schemas';
import { decodeFrame, encodeFrame, encodeRecord, type RecordFields, type WireRecord } from '@aico/schemas/wire';
import { createProcessRunner, type ProcessRunnerOptions } from '../../src/index.ts';

export const TIERS = ['isolated', 'trusted'] as const;

export interface PluginSketch {
  readonly tier: 'isolated' | 'trusted';
  /** The module's text; its default export is the definition. */
  readonly code: string;
  readonly id?: string;
  readonly process?: Manifest['process'];
  readonly files?: Readonly<Record<string, string>>;
  readonly quota?: Quota;
  readonly grants?: readonly Grant[];
  /** What the key of its signer is good for; its tier alone when not given. */
  readonly signerTiers?: readonly ('isolated' | 'trusted')[];
  /** Whether its author looks into it. */
  readonly inspected?: boolean;
  /** Whether it is to run nothing before its debugger says so. */
  readonly waits?: boolean;
  /** Whether nobody reads what it sends. */
  readonly unheard?: boolean;
}

/** A runner with a real transport in folders of its own, and what the kernel would keep of each plugin. */
export class House implements AsyncDisposable {
  readonly folder: string;
  readonly runner: PluginRunner;
  #count = 0;

  private constructor(folder: string, options: Partial<ProcessRunnerOptions>) {
    this.folder = folder;
    this.runner = createProcessRunner({
      runtimeFolder: folder,
      transport: new ZmqPeerSockets(folder),
      homeFolder: folder,
      dataFolderOf: (id) => join(folder, 'data', id),
      patienceMs: 300,
      ...options,
    });
  }

  static async open(options: Partial<ProcessRunnerOptions> = {}): Promise<House> {
    return new House(await mkdtemp(join(tmpdir(), 'aico-')), options);
  }

  /** What lies in its folder for a plugin; the socket that processes are started by is there as long as the runner is. */
  async left(): Promise<string[]> {
    const names = await readdir(this.folder, { recursive: true });
    return names.filter((name) => !/^launcher-[0-9a-f]{12}\.sock$/.test(name));
  }

  async start(sketch: PluginSketch): Promise<Resident> {
    this.#count += 1;
    const id = sketch.id ?? 'guest';
    const text = new TextEncoder();
    const files = { 'plugin.json': '{}', 'index.js': sketch.code, ...sketch.files };
    const running = await this.runner.start({
      package: {
        manifest: manifestOf(id, sketch),
        files: new Map(Object.entries(files).map(([path, content]) => [path, text.encode(content)])),
        signer: { keyId: 'k', name: 'test', tiers: sketch.signerTiers ?? [sketch.tier] },
        tier: sketch.tier,
        digest: '0'.repeat(64),
      },
      incarnation: `${id}-${this.#count}`,
      grants: sketch.grants ?? [],
      quota: { ...DEFAULT_QUOTA, ...sketch.quota },
      configuration: { colour: 'blue' },
      ...(sketch.inspected === true && { inspected: true, waits: sketch.waits === true }),
    });
    return new Resident(running, sketch.unheard === true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runner.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** One running plugin with everything that it has said. */
export class Resident {
  readonly running: RunningPlugin;
  readonly logs: LogLine[] = [];
  readonly records: WireRecord[] = [];
  /** What it was told to press on before it ended. */
  readonly pressures: string[] = [];

  constructor(running: RunningPlugin, unheard: boolean) {
    this.running = running;
    running.onLog((line) => this.logs.push(line));
    running.onPressure?.(({ resource, step }) => this.pressures.push(`${resource} ${step}`));
    if (unheard) return;
    running.link.receive((frame) => {
      this.records.push(...decodeFrame(frame));
    });
  }

  /** What the plugin logged under a message, once it did. */
  async logged(message: string): Promise<Readonly<Record<string, unknown>>> {
    const line = await this.#until(
      () => this.logs.find((candidate) => candidate.message === message),
      `log "${message}"`,
    );
    return line.fields ?? {};
  }

  async lifecycle<Type extends LifecycleMessage['type']>(
    type: Type,
  ): Promise<Extract<LifecycleMessage, { type: Type }>> {
    const isIt = (message: LifecycleMessage): message is Extract<LifecycleMessage, { type: Type }> =>
      message.type === type;
    return this.#until(() => this.#lifecycles().find(isIt), `lifecycle ${type}`);
  }

  async record(kind: number): Promise<WireRecord> {
    return this.#until(() => this.records.find((record) => record.kind === kind), `record ${kind}`);
  }

  send(...records: RecordFields[]): Promise<void> {
    return this.running.link.send(encodeFrame(records.map(encodeRecord)));
  }

  tell(message: LifecycleMessage): Promise<void> {
    return this.send({ kind: RecordKind.lifecycle, payload: Buffer.from(JSON.stringify(message)) });
  }

  /** How it ended; fails the test when it does not. */
  async gone(milliseconds = 15_000): Promise<RunExit> {
    const late = delay(milliseconds, undefined, { ref: false }).then(() => {
      throw new Error(`still running after ${milliseconds} ms`);
    });
    return Promise.race([this.running.exited, late]);
  }

  #lifecycles(): LifecycleMessage[] {
    return this.records
      .filter(({ kind }) => kind === RecordKind.lifecycle)
      .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()) as LifecycleMessage);
  }

  async #until<Found>(find: () => Found | undefined, what: string): Promise<Found> {
    const end = performance.now() + 10_000;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (performance.now() > end) {
        throw new Error(
          `no ${what}; it said ${JSON.stringify(this.#lifecycles())} and logged ${JSON.stringify(this.logs.slice(-5)).slice(0, 2_000)}`,
        );
      }
      await delay(5);
    }
  }
}

function manifestOf(id: string, sketch: PluginSketch): Manifest {
  return {
    id,
    name: id,
    version: '1.0.0',
    description: 'A plugin of a test.',
    author: 'test',
    tier: sketch.tier,
    main: 'index.js',
    engines: { aico: '*' },
    permissions: [],
    ...(sketch.process && { process: sketch.process }),
  };
}
