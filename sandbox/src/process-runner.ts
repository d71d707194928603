import { rm } from 'node:fs/promises';
import type {
  Link,
  PeerSocketFactory,
  PluginRunner,
  RunningPlugin,
  RunPressure,
  RunRequest,
} from '@aico/kernel/contracts';
import { AicoError, type ConfinementLayer } from '@aico/schemas';
import { PluginProcess } from './child-process.ts';
import { type BubblewrapState, probeBubblewrap } from './launch/bubblewrap.ts';
import { Guardian } from './launch/guardian.ts';
import { planLaunch } from './launch/launch-plan.ts';
import { type SourcePlaces, sourcesOf } from './source-places.ts';
import { openMeter } from './watch/open-meter.ts';
import { type Watch, Watchdog } from './watch/watchdog.ts';

export interface ProcessRunnerOptions {
  /** Folder for what lives as long as a process, mode 0700. */
  readonly runtimeFolder: string;
  readonly transport: PeerSocketFactory;
  /** The folder that `$data` means for a plugin. */
  readonly dataFolderOf: (id: string) => string;
  /** The folder that `$home` means. */
  readonly homeFolder: string;
  /** `auto` uses bubblewrap for isolated plugins where it works. */
  readonly bubblewrap?: 'auto' | 'off';
  /** How long a plugin that wants more processor time than it may is held at its limit before it is ended, ms. */
  readonly patienceMs?: number;
}

/** A process that is up, and all that its supervision needs. */
interface Begun {
  readonly child: PluginProcess;
  readonly link: Link;
  readonly request: RunRequest;
  readonly layers: readonly ConfinementLayer[];
  readonly places: SourcePlaces;
}

/** Runs each plugin in a confined process of its own. */
export function createProcessRunner(options: ProcessRunnerOptions): PluginRunner {
  return new ProcessRunner(options);
}

class ProcessRunner implements PluginRunner {
  readonly #options: ProcessRunnerOptions;
  readonly #guardian = new Guardian();
  readonly #watchdog: Watchdog;
  readonly #running = new Set<PluginProcess>();
  #bubblewrap: Promise<BubblewrapState> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog(undefined, options.patienceMs);
  }

  async start(request: RunRequest): Promise<RunningPlugin> {
    const { transport, runtimeFolder, dataFolderOf, homeFolder } = this.#options;
    if (this.#closing !== undefined) {
      const subject = request.package.manifest.id;
      throw new AicoError('SANDBOX_SPAWN_FAILED', { subject, details: { problem: 'plugins are no longer started' } });
    }
    const { link, credentials } = await transport.open(request.incarnation);
    try {
      const bubblewrap = (): Promise<BubblewrapState> => this.#probe();
      const plan = await planLaunch(request, credentials, { runtimeFolder, dataFolderOf, homeFolder, bubblewrap });
      const child = new PluginProcess(plan);
      this.#own(child, plan.temporaryFolder);
      const { places, files } = sourcesOf(request.package);
      await child.begin(files, request.quota.startMs);
      return this.#supervise({ child, link, request, layers: plan.confinement, places });
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #probe(): Promise<BubblewrapState> {
    if (this.#options.bubblewrap === 'off') return Promise.resolve({ on: false, why: 'switched off' });
    this.#bubblewrap ??= probeBubblewrap();
    return this.#bubblewrap;
  }

  /** Nothing of a process outlives it: its place in the guardian's list, its temporary folder. */
  #own(child: PluginProcess, temporaryFolder: string | undefined): void {
    this.#running.add(child);
    const release = child.processId === undefined ? undefined : this.#guardian.guard(child.processId);
    void child.exited.then(async () => {
      this.#running.delete(child);
      release?.();
      if (temporaryFolder !== undefined) await rm(temporaryFolder, { recursive: true, force: true });
    });
  }

  #supervise({ child, link, request, layers, places }: Begun): RunningPlugin {
    const opened = openMeter(child.processId);
    let watch: Watch | undefined;
    let onPressure: (pressure: RunPressure) => void = () => {};
    if ('meter' in opened) {
      watch = this.#watchdog.watch({
        ...opened,
        limits: request.quota,
        onPressure: (pressure) => onPressure(pressure),
        onVerdict: (verdict) => child.end(verdict),
      });
    }
    void child.exited.then(() => watch?.stop());
    return {
      link,
      confinement: [
        ...layers,
        { name: 'watchdog', on: watch !== undefined, why: 'why' in opened ? opened.why : opened.how },
      ],
      processId: child.processId,
      ...(child.debugger === undefined ? {} : { debugger: child.debugger }),
      exited: child.exited.then((exit) => {
        const place = exit.cause === undefined ? places.placeOf(child.lastStack) : undefined;
        return place === undefined ? exit : { ...exit, place };
      }),
      usage: () => watch?.usage(),
      onLog: (handler) => child.log.onLine((line) => handler(places.inLine(line))),
      placeOf: (stack) => places.placeOf(stack),
      onPressure: (handler) => {
        onPressure = handler;
      },
      limit: (quota) => watch?.limit(quota),
      kill: (signal) => {
        watch?.letGo();
        child.kill(signal);
      },
    };
  }

  async #close(): Promise<void> {
    const running = [...this.#running];
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(running.map((child) => child.exited));
    this.#guardian.close();
    await this.#options.transport.close();
  }
}
