import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AicoError } from '@aico/schemas';
import { composeHost } from './compose.ts';
import { locateHome } from './configuration/locate-home.ts';
import { type CommandLineSettings, readSettings } from './configuration/read-settings.ts';
import { takeClaim } from './door/door-claim.ts';
import { askFacts } from './door/door-client.ts';
import { doorAddress, type HostFacts } from './door/door-protocol.ts';
import type { HomeFolders } from './home/home-folders.ts';
import { hostFolder, noteHostFolder } from './home/host-folder.ts';
import { closeLeftOpen, isFolderOpen } from './home/left-open.ts';
import { prepareHome } from './home/prepare-home.ts';
import { claimRuntimeFolder, dropRuntimeFolder, runtimeEnvironment } from './home/runtime-folder.ts';
import { hasIncoming, type Restored, takeIncoming } from './home/take-incoming.ts';
import type { Host, HostListener } from './host.ts';
import { installFolders, productVersion } from './install-folders.ts';
import type { LogTerminal } from './logging/pretty-terminal.ts';

export interface StartOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly commandLine: CommandLineSettings;
  readonly listener: HostListener;
  readonly terminal: LogTerminal;
}

/** A host that is ours to start, or the facts of the one that runs already. */
export type Opened =
  | { readonly host: Host; readonly openBrowser: boolean; readonly restored: Restored | undefined }
  | { readonly running: HostFacts };

/**
 * Does everything that can refuse before a plugin runs: settings, data folder, sockets, packages.
 * @throws AicoError HOST_…, CONFIG_…, or an AggregateError of several
 */
export async function openHost({ environment, commandLine, listener, terminal }: StartOptions): Promise<Opened> {
  const install = installFolders();
  if (!existsSync(install.trustFile)) throw new AicoError('HOST_BUILD_MISSING', { subject: install.packages });
  const restored = await settleHome(locateHome({ environment, commandLine }));
  const settings = readSettings({ environment, commandLine, distributionsFolder: install.distributions });
  prepareHome(settings.folders);
  const { home } = settings.folders;
  const { userId } = runtimeEnvironment();
  const folder = hostFolder(home);
  claimRuntimeFolder(folder, userId);
  try {
    const running = await askFacts(doorAddress(folder));
    if (running !== undefined) return { running };
    const version = productVersion();
    const host = composeHost({ settings, install, version, runtimeFolder: folder, listener, terminal });
    await host.check();
    if (await claimHome(host, home, folder)) return { host, openBrowser: settings.host.open, restored };
    const winner = await askFacts(doorAddress(hostFolder(home)));
    if (winner !== undefined) return { running: winner };
    throw new AicoError('HOST_NOT_ANSWERING', { subject: folder });
  } catch (error) {
    dropRuntimeFolder(folder);
    throw error;
  }
}

/** Closes what a killed host left open, and puts a restored backup in place, before anything is read; not under a host that runs. */
async function settleHome(folders: HomeFolders): Promise<Restored | undefined> {
  const isOpen = isFolderOpen(folders);
  if (!isOpen && !hasIncoming(folders)) return undefined;
  const running = await askFacts(doorAddress(hostFolder(folders.home)));
  if (running !== undefined) return undefined;
  if (isOpen) closeLeftOpen(folders);
  return hasIncoming(folders) ? takeIncoming(folders) : undefined;
}

/** Of several starters one wins, also where their environments name different folders for sockets. */
async function claimHome(host: Host, home: string, folder: string): Promise<boolean> {
  const release = await takeClaim(join(home, 'running.claim'));
  try {
    if (hostFolder(home) !== folder) return false;
    if (!(await claim(host, () => claimRuntimeFolder(folder, runtimeEnvironment().userId)))) return false;
    noteHostFolder(home, folder);
    return true;
  } finally {
    release();
  }
}

/** A host that is just leaving takes its folder with it, perhaps between two steps of ours. */
async function claim(host: Host, makeFolder: () => void): Promise<boolean> {
  try {
    return await host.claim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    makeFolder();
    return host.claim();
  }
}
