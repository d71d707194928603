import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Kernel } from '@aico/kernel';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { GalleryFolder } from '@aico/registry';
import { createProcessRunner } from '@aico/sandbox';
import { AicoError, type Violation } from '@aico/schemas';
import { type DependencyContainer, instanceCachingFactory, container as root } from 'tsyringe';
import { LayeredConfiguration } from './configuration/layered-configuration.ts';
import type { Settings } from './configuration/read-settings.ts';
import { RunTimeSettings } from './configuration/run-time-settings.ts';
import { SecretSettings } from './configuration/secret-settings.ts';
import { Host, type HostListener } from './host.ts';
import type { InstallFolders } from './install-folders.ts';
import { LogSeal } from './logging/log-seal.ts';
import { Logs } from './logging/logs.ts';
import type { LogTerminal } from './logging/pretty-terminal.ts';
import { Notices } from './notices.ts';
import { openPackageStore, readTrust } from './source/open-package-store.ts';
import { ProductSource } from './source/product-source.ts';
import { JsonStateStore } from './state/json-state-store.ts';
import { SystemClock } from './system-clock.ts';
import * as tokens from './tokens.ts';
import { UNLOCKED, VaultPeer } from './vault-peer.ts';

/** The plugin that keeps the master password. */
const VAULT = 'vault';

/** What a host is made from. */
export interface HostParts {
  readonly settings: Settings;
  readonly install: InstallFolders;
  readonly version: string;
  readonly runtimeFolder: string;
  readonly listener: HostListener;
  readonly terminal: LogTerminal;
}

/** Wires a host, each in a container of its own. The container ends here: nobody is given it. */
export function composeHost(parts: HostParts): Host {
  const container = root.createChildContainer();
  container.registerInstance(tokens.SETTINGS, parts.settings);
  container.registerInstance(tokens.RUNTIME_FOLDER, parts.runtimeFolder);
  container.registerInstance(tokens.VERSION, parts.version);
  container.registerInstance(tokens.HOST_LISTENER, parts.listener);
  container.registerInstance(tokens.LOG_TERMINAL, parts.terminal);
  container.registerInstance(tokens.NOTICES, new Notices());
  container.registerInstance(tokens.CLOCK, new SystemClock());
  once(container, tokens.LOG_SEAL, createLogSeal);
  once(container, tokens.LOGS, createLogs);
  once(container, tokens.STATE_STORE, createState);
  once(container, tokens.RUN_TIME_SETTINGS, createRunTimeSettings);
  once(container, tokens.VAULT_PEER, (from) => new VaultPeer(from.resolve(tokens.PEER_SOCKETS)));
  once(container, tokens.SECRET_SETTINGS, (from) => new SecretSettings(from.resolve(tokens.VAULT_PEER)));
  once(container, tokens.CONFIGURATION, createConfiguration);
  once(container, tokens.PLUGIN_SOURCE, () => createSource(parts));
  once(container, tokens.PEER_SOCKETS, createSockets);
  once(container, tokens.PLUGIN_RUNNER, createRunner);
  once(container, tokens.GALLERY, (from) => createGallery(from, parts));
  once(container, tokens.KERNEL, createKernel);
  return container.resolve(Host);
}

type Token<T> = Parameters<typeof root.register<T>>[0];

function once<T>(container: DependencyContainer, token: Token<T>, create: (from: DependencyContainer) => T): void {
  container.register(token, { useFactory: instanceCachingFactory(create) });
}

function createLogSeal(from: DependencyContainer): LogSeal {
  const { logKeyFile, vault } = from.resolve(tokens.SETTINGS).folders;
  // Also what came from a backup, or was left by a write that the disk refused, is a vault.
  const hasVault = ['vault.json', 'vault.json.previous'].some((name) => existsSync(join(vault, name)));
  return new LogSeal(logKeyFile, hasVault);
}

function createLogs(from: DependencyContainer): Logs {
  const { folders, host, distribution } = from.resolve(tokens.SETTINGS);
  const { terminal: terminalLevel, ...log } = host.log;
  return new Logs({
    ...log,
    folder: folders.logs,
    terminalLevel,
    terminal: from.resolve(tokens.LOG_TERMINAL),
    seal: from.resolve(tokens.LOG_SEAL),
    // Why the vault does not open has to be read while it does not.
    isSealed: (id) => id !== VAULT || !distribution.plugins.has(id),
    clockFile: join(folders.logs, 'clock.json'),
  });
}

function createState(from: DependencyContainer): JsonStateStore {
  const notices = from.resolve(tokens.NOTICES);
  return new JsonStateStore(from.resolve(tokens.SETTINGS).folders.pluginsFile, (notice) => notices.tell(notice));
}

function createConfiguration(from: DependencyContainer): LayeredConfiguration {
  const { layers } = from.resolve(tokens.SETTINGS);
  const notices = from.resolve(tokens.NOTICES);
  const [runTime, secrets] = [from.resolve(tokens.RUN_TIME_SETTINGS), from.resolve(tokens.SECRET_SETTINGS)];
  return new LayeredConfiguration(layers, runTime, secrets, notices.tell.bind(notices));
}

function createRunTimeSettings(from: DependencyContainer): RunTimeSettings {
  const { folders } = from.resolve(tokens.SETTINGS);
  const notices = from.resolve(tokens.NOTICES);
  return new RunTimeSettings(folders.runTimeSettingsFile, notices.tell.bind(notices));
}

/** Plugins that run beside a locked vault get their secrets when it opens, and lose them when it closes; logs are sealed by its key. */
function followVault(from: DependencyContainer, kernel: Kernel): void {
  const runTime = from.resolve(tokens.RUN_TIME_SETTINGS);
  const secrets = from.resolve(tokens.SECRET_SETTINGS);
  const seal = from.resolve(tokens.LOG_SEAL);
  const logs = from.resolve(tokens.LOGS);
  from.resolve(tokens.VAULT_PEER).begin(kernel, {
    onLogKey: (publicKey) => {
      try {
        seal.use(publicKey);
      } catch (error) {
        logs.host.error({ err: error }, 'By what logs are sealed cannot be kept for the next start');
      }
    },
    onState: (open) => {
      if (!open) {
        secrets.forget();
        seal.renew();
      }
      for (const id of runTime.withSecrets)
        kernel.refreshSettings(id).catch((error: unknown) => fails(logs, id, 'Its secrets failed', error));
    },
  });
}

function createSource({ settings, install }: HostParts): ProductSource {
  const { folders, distribution } = settings;
  const store = openPackageStore(install, folders);
  return new ProductSource({ store, shipped: install.packages, isPart: (id) => distribution.plugins.has(id) });
}

function createGallery(from: DependencyContainer, { settings, install }: HostParts): GalleryFolder {
  const logs = from.resolve(tokens.LOGS);
  return new GalleryFolder({
    folder: install.gallery,
    trust: () => readTrust(install.trustFile, settings.folders.trustFile),
    onRefused: (id, error) => logs.host.warn({ plugin: id, err: error }, 'A package of the gallery was left out'),
  });
}

function createSockets(from: DependencyContainer): ZmqPeerSockets {
  const notices = from.resolve(tokens.NOTICES);
  return new ZmqPeerSockets(from.resolve(tokens.RUNTIME_FOLDER), (incarnation) => {
    const { code, message, fix } = new AicoError('KERNEL_PEER_REFUSED', { subject: incarnation });
    notices.tell({ code, message, fix });
  });
}

function createRunner(from: DependencyContainer): ReturnType<typeof createProcessRunner> {
  const { folders } = from.resolve(tokens.SETTINGS);
  return createProcessRunner({
    runtimeFolder: from.resolve(tokens.RUNTIME_FOLDER),
    transport: from.resolve(tokens.PEER_SOCKETS),
    homeFolder: folders.home,
    spare: true,
    dataFolderOf: (id) => (id === VAULT ? folders.vault : join(folders.data, id)),
  });
}

function createKernel(from: DependencyContainer): Kernel {
  const { folders, distribution } = from.resolve(tokens.SETTINGS);
  const listener = from.resolve(tokens.HOST_LISTENER);
  const notices = from.resolve(tokens.NOTICES);
  const logs = from.resolve(tokens.LOGS);
  const kernel = new Kernel({
    source: from.resolve(tokens.PLUGIN_SOURCE),
    runner: from.resolve(tokens.PLUGIN_RUNNER),
    clock: from.resolve(tokens.CLOCK),
    state: from.resolve(tokens.STATE_STORE),
    gallery: from.resolve(tokens.GALLERY),
    configuration: from.resolve(tokens.CONFIGURATION),
    policy: {
      isRequired: (id) => distribution.plugins.get(id) === 'required',
      isPart: (id) => distribution.plugins.has(id),
      isEnabledByDefault: (id) => (distribution.plugins.get(id) ?? 'off') !== 'off',
      isFromOutside: (id) => !distribution.plugins.has(id),
    },
    version: from.resolve(tokens.VERSION),
    distribution: distribution.name,
    home: folders.home,
    onLog: (id, line) => logs.plugin(id, line),
    onViolation: (violation) => logViolation(logs, violation),
    onChange: (change) => {
      logChange(logs, change);
      listener.onChange(change, change.error !== undefined && mayQuote(from, kernel, change.id));
    },
    onNotice: ({ code, message, fix }) => logs.host.warn({ code, fix }, message),
    onFailure: (subject, error) => fails(logs, subject, 'Something failed', error),
    onStopRequest: (reason) => listener.onStopRequest(reason),
  });
  notices.connect((notice) => {
    logs.host.warn({ code: notice.code, fix: notice.fix }, notice.message);
    kernel.notice(notice);
  });
  followVault(from, kernel);
  return kernel;
}

function fails(logs: Logs, plugin: string, message: string, error: unknown): void {
  logs.about(plugin, 'error', { message }, { message, fields: { err: error } });
}

/** Whether the words of a plugin's error may be what its user said: those of AICO's own can be none before the vault was open. */
function mayQuote(from: DependencyContainer, kernel: Kernel, id: string): boolean {
  const seal = from.resolve(tokens.LOG_SEAL);
  const isPart = from.resolve(tokens.SETTINGS).distribution.plugins.has(id);
  if (!seal.isOn || (isPart && id === VAULT)) return false;
  return !isPart || seal.wasOpen || kernel.status().conditions[UNLOCKED] === true;
}

/** A topic that is refused may be made of anything that its sender knows. */
function logViolation(logs: Logs, { sender, verb, topic, error }: Violation): void {
  const message = 'A plugin broke a rule';
  const fields = { verb, code: error.code };
  logs.about(sender, 'warn', { message, fields }, { message, fields: { topic } });
}

function logChange(logs: Logs, { id, from, to, error }: Parameters<HostListener['onChange']>[0]): void {
  const message = `${id} is ${to}`;
  if (error === undefined) {
    logs.host.info({ plugin: id, from, to }, message);
    return;
  }
  const open = { message, fields: { from, to, code: error.code } };
  logs.about(id, 'warn', open, { message: `${message}: ${error.message}`, fields: { fix: error.fix } });
}
