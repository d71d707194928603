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
import { confine } from './cgroup/confine.ts';
import type { PluginGroup } from './cgroup/plugin-group.ts';
import { type GroupsState, PluginGroups } from './cgroup/plugin-groups.ts';
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
  /** `auto` puts isolated plugins into control groups where this process's own was handed over to it. */
  readonly groups?: 'auto' | 'off';
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
  readonly group: PluginGroup | undefined;
  /** The same, when the process is in it. */
  readonly joined: PluginGroup | undefined;
}

/** Runs each plugin in a confined process of its own. */
export function createProcessRunner(options: ProcessRunnerOptions): PluginRunner {
  return new ProcessRunner(options);
}

class ProcessRunner implements PluginRunner {
  readonly #options: ProcessRunnerOptions;
  readonly #guardian = new Guardian();
  readonly #watchdog: Watchdog;
  /** Each with when nothing of it is left. */
  readonly #running = new Map<PluginProcess, Promise<void>>();
  #bubblewrap: Promise<BubblewrapState> | undefined;
  #groups: Promise<GroupsState> | undefined;
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
    // Before anything is started: whoever has processes of its own hands no limits down.
    const groups = await this.#openGroups();
    const { link, credentials } = await transport.open(request.incarnation);
    const confined = await confine(groups, request);
    try {
      const bubblewrap = (): Promise<BubblewrapState> => this.#probe();
      const plan = await planLaunch(request, credentials, { runtimeFolder, dataFolderOf, homeFolder, bubblewrap });
      const child = new PluginProcess({ ...plan, ...confined.group?.wrap(plan.command, plan.parameters) });
      child.log.limit(request.quota.logLinesPerMinute);
      this.#own(child, plan.temporaryFolder, confined.group);
      const { places, files } = sourcesOf(request.package);
      await child.begin(files, request.quota.startMs);
      const { layers, joined } = await confined.settle();
      const begun = { child, link, request, places, joined, group: confined.group };
      return this.#supervise({ ...begun, layers: [...plan.confinement, ...layers] });
    } catch (error) {
      await confined.group?.end();
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

  #openGroups(): Promise<GroupsState> {
    if (this.#options.groups === 'off') return Promise.resolve({ on: false, why: 'switched off' });
    this.#groups ??= PluginGroups.open();
    return this.#groups;
  }

  /** Nothing of a process outlives it: its place in the guardian's list, its temporary folder, its group. */
  #own(child: PluginProcess, temporaryFolder: string | undefined, group: PluginGroup | undefined): void {
    const release = child.processId === undefined ? undefined : this.#guardian.guard(child.processId);
    const gone = child.exited.then(async () => {
      release?.();
      await group?.end();
      if (temporaryFolder !== undefined) await rm(temporaryFolder, { recursive: true, force: true });
    });
    this.#running.set(child, gone);
    void gone.finally(() => this.#running.delete(child));
  }

  #supervise({ child, link, request, layers, places, group, joined }: Begun): RunningPlugin {
    const opened = openMeter(child.processId, joined);
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
    child.log.onPressure((pressure) => onPressure(pressure));
    void child.exited.then(() => watch?.stop());
    return {
      link,
      confinement: [
        ...layers,
        { name: 'watchdog', on: watch !== undefined, why: 'why' in opened ? opened.why : opened.how },
      ],
      processId: child.processId,
      ...(child.debugger === undefined ? {} : { debugger: child.debugger }),
      exited: child.exited.then(async (exit) => {
        const outOfMemory = (await group?.end())?.outOfMemory === true;
        const { memoryMb: limit } = request.quota;
        if (exit.cause === undefined && outOfMemory) return { ...exit, cause: { kind: 'memory', used: limit, limit } };
        const place = exit.cause === undefined ? places.placeOf(child.lastStack) : undefined;
        return place === undefined ? exit : { ...exit, place };
      }),
      usage: () => watch?.usage(),
      onLog: (handler) => child.log.onLine((line) => handler(places.inLine(line))),
      placeOf: (stack) => places.placeOf(stack),
      onPressure: (handler) => {
        onPressure = handler;
      },
      limit: (quota) => {
        watch?.limit(quota);
        child.log.limit(quota.logLinesPerMinute);
      },
      kill: (signal) => {
        watch?.letGo();
        child.kill(signal);
      },
    };
  }

  async #close(): Promise<void> {
    for (const child of this.#running.keys()) child.kill('SIGKILL');
    await Promise.all(this.#running.values());
    this.#guardian.close();
    const groups = await this.#groups;
    if (groups?.on === true) await groups.groups.close();
    await this.#options.transport.close();
  }
}
