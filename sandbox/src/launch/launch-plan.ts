import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeerCredentials, RunRequest } from '@aico/kernel/contracts';
import type { ConfinementLayer } from '@aico/schemas';
import { sealedArguments } from '@aico/sdk/system';
import { sodiumFile } from '@aico/zmtp/sodium-file';
import type { HandOver } from '../hand-over.ts';
import type { BubblewrapState } from './bubblewrap.ts';
import { dataLimit } from './data-limit.ts';
import { CHILDREN_FOLDER, installFolder, isolatedVmAddonPath, packageFolders } from './installed.ts';
import { grantedFolders, isolatedFlags, type TrustedFolders, trustedFlags } from './node-flags.ts';

/** What is run. Of an isolated plugin nothing in it tells which. */
export interface Launch {
  readonly command: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Whether the command is a wrapper around Node. */
  readonly wrapped: boolean;
  /** Whether another pipe is there for a debugger. */
  readonly inspected: boolean;
  /** Layers that are known before the process runs. */
  readonly confinement: readonly ConfinementLayer[];
}

/** How one incarnation is started. */
export interface LaunchPlan extends Launch {
  readonly handOver: HandOver;
  readonly memoryMb: number;
  readonly temporaryFolder: string | undefined;
}

export interface LaunchSurroundings {
  readonly runtimeFolder: string;
  readonly dataFolderOf: (id: string) => string;
  readonly homeFolder: string;
  readonly bubblewrap: () => Promise<BubblewrapState>;
}

/** Where a desktop session is found: its bus, and the home of its keyring. */
const SESSION_NAMES = ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'HOME'];
/** What an isolated plugin may have of the processor without yielding. The CPU quota, measured from outside, is usually sooner. */
const LONGEST_ENTRY_MS = 10_000;
/** On a busy machine that takes longer. Sooner than missed pings would, so that its user is told what it did. */
const ENTRY_TIMEOUT_MS = 18_000;
/** The isolate's share of the process's memory: the rest is Node itself and messages on their way. */
const ISOLATE_SHARE = 0.6;
const LEAST_ISOLATE_MB = 16;

/** Decides command, flags and hand-over of a plugin's process. @throws AicoError SANDBOX_PACKAGE_MISSING */
export function planLaunch(
  request: RunRequest,
  credentials: PeerCredentials,
  surroundings: LaunchSurroundings,
): Promise<LaunchPlan> {
  return request.package.tier === 'isolated'
    ? planIsolated(request, credentials, surroundings)
    : planTrusted(request, credentials, surroundings);
}

/** What runs any isolated plugin that is reached at a socket. */
export async function launchIsolated(
  credentials: PeerCredentials,
  { bubblewrap }: Pick<LaunchSurroundings, 'bubblewrap'>,
  inspected = false,
): Promise<Launch> {
  const addons = { sodium: sodiumFile(), isolatedVm: isolatedVmAddonPath() };
  const flags = isolatedFlags(addons);
  const wrapper = await bubblewrap();
  const socket = credentials.address.startsWith('ipc://') ? [credentials.address.slice('ipc://'.length)] : [];
  const readable = [CHILDREN_FOLDER, addons.sodium, addons.isolatedVm, ...socket];
  return {
    ...(wrapper.on
      ? {
          command: wrapper.path,
          parameters: [...sealedArguments({ readable, hasSession: true }), process.execPath, ...flags],
        }
      : { command: process.execPath, parameters: flags }),
    environment: leastEnvironment(),
    wrapped: wrapper.on,
    inspected,
    confinement: [
      ...commonLayers(),
      { name: 'isolated-vm', on: true },
      wrapper.on ? { name: 'bubblewrap', on: true } : { name: 'bubblewrap', on: false, why: wrapper.why },
      ...(inspected ? [layer('no debugger', false, 'its author looks into it')] : []),
    ],
  };
}

async function planIsolated(
  request: RunRequest,
  credentials: PeerCredentials,
  surroundings: LaunchSurroundings,
): Promise<LaunchPlan> {
  const { quota, inspected = false } = request;
  return {
    ...(await launchIsolated(credentials, surroundings, inspected)),
    memoryMb: quota.memoryMb,
    temporaryFolder: undefined,
    handOver: {
      ...handOverOf(request, credentials),
      ...(inspected ? { inspected, waits: request.waits === true } : {}),
      isolate: {
        memoryMb: Math.max(LEAST_ISOLATE_MB, Math.floor(quota.memoryMb * ISOLATE_SHARE)),
        entryMs: LONGEST_ENTRY_MS,
        entryTimeoutMs: ENTRY_TIMEOUT_MS,
      },
    },
  };
}

async function planTrusted(
  request: RunRequest,
  credentials: PeerCredentials,
  surroundings: LaunchSurroundings,
): Promise<LaunchPlan> {
  const { manifest } = request.package;
  const asks = manifest.process ?? {};
  const folders: TrustedFolders = {
    packages: packageFolders(manifest.id, asks.packages ?? []),
    data: surroundings.dataFolderOf(manifest.id),
    tmp: join(surroundings.runtimeFolder, `tmp-${request.incarnation}`),
    home: surroundings.homeFolder,
    settings: request.configuration,
  };
  const granted = grantedFolders(manifest, folders);
  await Promise.all(granted.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const hasData = asks.files?.some(({ path }) => path.startsWith('$data')) === true;
  const hasTemporary = asks.files?.some(({ path }) => path.startsWith('$tmp')) === true;
  const flags = trustedFlags(manifest, request.quota.memoryMb, { sodium: sodiumFile() }, folders);
  const limit = asks.addons === true ? dataLimit(request.quota.memoryMb) : [];
  const [command = process.execPath, ...parameters] = [...limit, process.execPath, ...flags];
  return {
    command,
    parameters,
    environment: {
      ...leastEnvironment(),
      ...named(asks.session === true ? SESSION_NAMES : []),
      ...named(asks.programs === undefined ? [] : ['PATH']),
      ...(hasTemporary ? { TMPDIR: folders.tmp } : {}),
    },
    wrapped: false,
    inspected: false,
    memoryMb: request.quota.memoryMb,
    temporaryFolder: hasTemporary ? folders.tmp : undefined,
    handOver: {
      ...handOverOf(request, credentials),
      installFolder: installFolder(),
      ...(hasData ? { dataFolder: folders.data } : {}),
    },
    confinement: [
      ...commonLayers(),
      layer('no network', asks.network !== true, 'the manifest asks for the network'),
      layer('no native code', asks.addons !== true, 'the manifest asks for native addons'),
      layer('no other programs', asks.programs === undefined, `the manifest asks for ${asks.programs?.join(', ')}`),
      layer('no desktop session', asks.session !== true, 'the manifest asks for it'),
    ],
  };
}

function handOverOf(request: RunRequest, credentials: PeerCredentials): HandOver {
  const { incarnation, grants, configuration, standby = false } = request;
  return { incarnation, credentials, manifest: request.package.manifest, grants, configuration, standby };
}

/** Names of secrets live in a user's environment; Node needs none of it but these. */
function leastEnvironment(): Record<string, string> {
  return named(process.platform === 'win32' ? ['SystemRoot', 'TZ'] : ['TZ']);
}

/** Those of the user's environment that are set. */
function named(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

function commonLayers(): ConfinementLayer[] {
  return [
    { name: 'own process', on: true },
    { name: 'node permissions', on: true },
  ];
}

function layer(name: ConfinementLayer['name'], on: boolean, why: string): ConfinementLayer {
  return on ? { name, on } : { name, on, why };
}
