import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type {
  Link,
  PeerSocketFactory,
  PluginRunner,
  RunningPlugin,
  RunPressure,
  RunRequest,
  VerifiedPackage,
} from '@aico/kernel/contracts';
import { AicoError, type ConfinementLayer } from '@aico/schemas';
import pLimit from 'p-limit';
import { confine } from './cgroup/confine.ts';
import type { PluginGroup } from './cgroup/plugin-group.ts';
import { type GroupsState, PluginGroups } from './cgroup/plugin-groups.ts';
import { PluginProcess } from './child-process.ts';
import { type BubblewrapState, probeBubblewrap } from './launch/bubblewrap.ts';
import { Guardian } from './launch/guardian.ts';
import { type Launch, type LaunchPlan, launchIsolated, planLaunch } from './launch/launch-plan.ts';
import { LauncherThread } from './launcher/launcher-thread.ts';
import type { ProcessStarter } from './launcher/process-starter.ts';
import { startHere } from './launcher/start-here.ts';
import { type SourcePlaces, sourcesOf } from './source-places.ts';
import { type OpenPlace, type Place, Spare } from './spare.ts';
import { lowerSession, lowerThreads, restoreSession } from './watch/give-way.ts';
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
  /** `auto` puts isolated plugins into control groups where this process's own was handed over to it. */
  readonly groups?: 'auto' | 'off';
  /** How long a plugin that wants more processor time than it may is held at its limit before it is ended, ms. */
  readonly patienceMs?: number;
}

/** Processes that come up side by side: a hundred at once would hold each other up until none meets its deadline. */
const UP_AT_ONCE = Math.max(4, 2 * availableParallelism());
/** The most that a process takes which waits for its plugin, where a group limits it. */
const WAITING_MB = 128;

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
  readonly #spare: Spare | undefined;
  readonly #comeUp = pLimit(UP_AT_ONCE);
  #starter: ProcessStarter | undefined;
  #bubblewrap: Promise<BubblewrapState> | undefined;
  #groups: Promise<GroupsState> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ProcessRunnerOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog(undefined, options.patienceMs);
    if (options.spare === true) this.#spare = new Spare((name) => this.#prepare(name));
  }

  async start(request: RunRequest): Promise<RunningPlugin> {
    this.#assertOpen(request);
    this.#openStarter();
    const spare = isUsual(request) ? await this.#spare?.take(request.incarnation) : undefined;
    if (spare !== undefined) {
      try {
        return await this.#run(request, spare);
      } catch (error) {
        // Else it ended while it waited, which is not the plugin's fault: one is started as if there had been none.
        if (this.#closing !== undefined) throw error;
      }
    }
    return this.#run(request, await this.#open(request.incarnation, request.package.tier, request.quota.memoryMb));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @throws AicoError SANDBOX_SPAWN_FAILED once it closes, also for what waited for its turn to come up */
  #assertOpen({ package: { manifest } }: RunRequest): void {
    if (this.#closing === undefined) return;
    const details = { problem: 'plugins are no longer started' };
    throw new AicoError('SANDBOX_SPAWN_FAILED', { subject: manifest.id, details });
  }

  async #run(request: RunRequest, { child: waiting, ...place }: Place | OpenPlace): Promise<RunningPlugin> {
    const { runtimeFolder, dataFolderOf, homeFolder } = this.#options;
    const { link, credentials, confined } = place;
    try {
      const { places, files } = sourcesOf(request.package);
      const { plan, child } = await this.#comeUp(async () => {
        this.#assertOpen(request);
        const bubblewrap = (): Promise<BubblewrapState> => this.#probe();
        const paths = { runtimeFolder, dataFolderOf, homeFolder };
        const planned = await planLaunch(request, credentials, { ...paths, bubblewrap });
        const launched = waiting ?? (await this.#launch(request.package.manifest.id, planned, confined.group));
        // What waited stands back already.
        if (waiting !== undefined && !isOfStranger(request.package)) restoreSession(launched.processId);
        if (waiting === undefined && isOfStranger(request.package)) lowerSession(launched.processId);
        launched.limit(request.quota);
        if (waiting !== undefined) await confined.limit(request.quota.memoryMb);
        await launched.begin(planned, files, request.quota.startMs);
        return { plan: planned, child: launched };
      });
      if (isUsual(request) && this.#closing === undefined) this.#spare?.renew();
      const { layers, joined } = await confined.settle();
      const begun = { child, link, request, places, joined, group: confined.group };
      return this.#supervise({ ...begun, layers: [...plan.confinement, ...layers] });
    } catch (error) {
      await confined.group?.end();
      await link.close();
      throw error;
    }
  }

  /** A socket, and a group where there can be one. */
  async #open(name: string, tier: VerifiedPackage['tier'], memoryMb: number): Promise<OpenPlace> {
    // Before anything is started: whoever has processes of its own hands no limits down.
    const groups = await this.#openGroups();
    const opened = await this.#options.transport.open(name);
    return { ...opened, confined: await confine(groups, name, tier, memoryMb) };
  }

  /** A process that waits for its plugin, and the socket that it will speak at. */
  async #prepare(name: string): Promise<Place> {
    const place = await this.#open(name, 'isolated', WAITING_MB);
    const launch = await launchIsolated(place.credentials, { bubblewrap: () => this.#probe() });
    const child = await this.#launch(name, launch, place.confined.group);
    // Nobody waits for it, and starting keeps every processor busy.
    lowerSession(child.processId);
    return { ...place, child };
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

  /** Where starting a process copies much of this one, it is left to a thread of its own. */
  #openStarter(): ProcessStarter {
    const { runtimeFolder } = this.#options;
    this.#starter ??= process.platform === 'linux' ? new LauncherThread(runtimeFolder) : startHere;
    return this.#starter;
  }

  /**
   * Nothing of a process outlives it: its place in the guardian's list, its temporary folder, its group.
   * @throws AicoError SANDBOX_SPAWN_FAILED
   */
  async #launch(
    subject: string,
    launch: Launch & Partial<Pick<LaunchPlan, 'temporaryFolder'>>,
    group: PluginGroup | undefined,
  ): Promise<PluginProcess> {
    const { temporaryFolder } = launch;
    const leaveNothing = async (): Promise<void> => {
      await group?.end();
      if (temporaryFolder !== undefined) await rm(temporaryFolder, { recursive: true, force: true });
    };
    const wrapped = { ...launch, ...group?.wrap(launch.command, launch.parameters) };
    const child = await PluginProcess.start(this.#openStarter(), wrapped).catch(async ({ message: problem }: Error) => {
      await leaveNothing();
      throw new AicoError('SANDBOX_SPAWN_FAILED', { subject, details: { problem } });
    });
    const release = this.#guardian.guard(child.processId);
    const gone = child.exited.then(async () => {
      release();
      await leaveNothing();
    });
    this.#running.set(child, gone);
    void gone.finally(() => this.#running.delete(child));
    if (this.#closing !== undefined) child.kill('SIGKILL');
    return child;
  }

  #supervise({ child, link, request, layers, places, group, joined }: Begun): RunningPlugin {
    const isStranger = isOfStranger(request.package);
    if (isStranger) lowerThreads(child.processId);
    const giveWay = (isCalm: boolean) => (isCalm ? restoreSession : lowerSession)(child.processId);
    const opened = openMeter(child.processId, joined);
    let watch: Watch | undefined;
    let onPressure: (pressure: RunPressure) => void = () => {};
    if ('meter' in opened) {
      watch = this.#watchdog.watch({
        ...opened,
        limits: request.quota,
        onPressure: (pressure) => onPressure(pressure),
        ...(isStranger ? { onComposure: giveWay } : {}),
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
        child.limit(quota);
      },
      kill: (signal) => {
        watch?.letGo();
        child.kill(signal);
      },
    };
  }

  async #close(): Promise<void> {
    await this.#spare?.settle();
    for (const child of this.#running.keys()) child.kill('SIGKILL');
    await Promise.all(this.#running.values());
    this.#starter?.close();
    this.#guardian.close();
    const groups = await this.#groups;
    if (groups?.on === true) await groups.groups.close();
    await this.#options.transport.close();
  }
}

/** Whether it is of somebody whom nobody trusts with more than a sandbox: AICO's own plugins answer people, whatever their tier. */
function isOfStranger({ tier, signer }: VerifiedPackage): boolean {
  return tier === 'isolated' && signer.tiers?.includes('trusted') !== true;
}

/** Whether any process of its tier will do. */
function isUsual({ package: { tier }, inspected }: RunRequest): boolean {
  return tier === 'isolated' && inspected !== true;
}
