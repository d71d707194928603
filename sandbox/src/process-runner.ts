import { rm } from 'node:fs/promises';
import type {
  Link,
  OpenedSocket,
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
import { type Launch, launchIsolated, planLaunch } from './launch/launch-plan.ts';
import { type SourcePlaces, sourcesOf } from './source-places.ts';
import { type Place, Spare } from './spare.ts';
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
  /** Whether one process is kept ready for the next isolated plugin. */
  readonly spare?: boolean;
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
  readonly #spare: Spare | undefined;
  #bubblewrap: Promise<BubblewrapState> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog(undefined, options.patienceMs);
    if (options.spare === true) this.#spare = new Spare((name) => this.#prepare(name));
  }

  async start(request: RunRequest): Promise<RunningPlugin> {
    if (this.#closing !== undefined) {
      const subject = request.package.manifest.id;
      throw new AicoError('SANDBOX_SPAWN_FAILED', { subject, details: { problem: 'plugins are no longer started' } });
    }
    const spare = isUsual(request) ? await this.#spare?.take(request.incarnation) : undefined;
    if (spare !== undefined) {
      try {
        return await this.#run(request, spare);
      } catch {
        // It ended while it waited, which is not the plugin's fault: one is started as if there had been none.
      }
    }
    return this.#run(request, await this.#options.transport.open(request.incarnation));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #run(
    request: RunRequest,
    { link, credentials, child: waiting }: OpenedSocket & Partial<Place>,
  ): Promise<RunningPlugin> {
    const { runtimeFolder, dataFolderOf, homeFolder } = this.#options;
    try {
      const bubblewrap = (): Promise<BubblewrapState> => this.#probe();
      const plan = await planLaunch(request, credentials, { runtimeFolder, dataFolderOf, homeFolder, bubblewrap });
      const child = waiting ?? this.#launch(plan, plan.temporaryFolder);
      const { places, files } = sourcesOf(request.package);
      await child.begin(plan, files, request.quota.startMs);
      if (isUsual(request) && this.#closing === undefined) this.#spare?.renew();
      return this.#supervise({ child, link, request, layers: plan.confinement, places });
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  #probe(): Promise<BubblewrapState> {
    if (this.#options.bubblewrap === 'off') return Promise.resolve({ on: false, why: 'switched off' });
    this.#bubblewrap ??= probeBubblewrap();
    return this.#bubblewrap;
  }

  /** A process that waits for its plugin, and the socket that it will speak at. */
  async #prepare(name: string): Promise<Place> {
    const opened = await this.#options.transport.open(name);
    const launch = await launchIsolated(opened.credentials, { bubblewrap: () => this.#probe() });
    return { ...opened, child: this.#launch(launch, undefined) };
  }

  /** Nothing of a process outlives it: its place in the guardian's list, its temporary folder. */
  #launch(launch: Launch, temporaryFolder: string | undefined): PluginProcess {
    const child = new PluginProcess(launch);
    this.#running.add(child);
    const release = child.processId === undefined ? undefined : this.#guardian.guard(child.processId);
    void child.exited.then(async () => {
      this.#running.delete(child);
      release?.();
      if (temporaryFolder !== undefined) await rm(temporaryFolder, { recursive: true, force: true });
    });
    return child;
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
    await this.#spare?.settle();
    const running = [...this.#running];
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(running.map((child) => child.exited));
    this.#guardian.close();
    await this.#options.transport.close();
  }
}

/** Whether any process of its tier will do. */
function isUsual({ package: { tier }, inspected }: RunRequest): boolean {
  return tier === 'isolated' && inspected !== true;
}
