import 'reflect-metadata';
import { join } from 'node:path';
import { Kernel } from '@aico/kernel';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { GalleryFolder } from '@aico/registry';
import { createProcessRunner } from '@aico/sandbox';
import { AicoError } from '@aico/schemas';
import { type DependencyContainer, instanceCachingFactory, container as root } from 'tsyringe';
import { LayeredConfiguration } from './configuration/layered-configuration.ts';
import type { Settings } from './configuration/read-settings.ts';
import { RunTimeSettings } from './configuration/run-time-settings.ts';
import { SecretPeer } from './configuration/secret-peer.ts';
import { SecretSettings } from './configuration/secret-settings.ts';
import { Host, type HostListener } from './host.ts';
import type { InstallFolders } from './install-folders.ts';
import { Logs, type LogTerminal } from './logging/logs.ts';
import { Notices } from './notices.ts';
import { openPackageStore, readTrust } from './source/open-package-store.ts';
import { ProductSource } from './source/product-source.ts';
import { JsonStateStore } from './state/json-state-store.ts';
import { SystemClock } from './system-clock.ts';
import * as tokens from './tokens.ts';

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
  once(container, tokens.LOGS, createLogs);
  once(container, tokens.STATE_STORE, createState);
  once(container, tokens.RUN_TIME_SETTINGS, createRunTimeSettings);
  once(container, tokens.SECRET_PEER, (from) => new SecretPeer(from.resolve(tokens.PEER_SOCKETS)));
  once(container, tokens.SECRET_SETTINGS, (from) => new SecretSettings(from.resolve(tokens.SECRET_PEER)));
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

function createLogs(from: DependencyContainer): Logs {
  const { folders, host } = from.resolve(tokens.SETTINGS);
  const { level, terminal: terminalLevel, maxMb, keep, keepDays } = host.log;
  const terminal = from.resolve(tokens.LOG_TERMINAL);
  return new Logs({ folder: folders.logs, level, terminalLevel, maxMb, keep, keepDays, terminal });
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

/** Plugins that run beside a locked vault get their secrets when it opens, and lose them when it closes. */
function followSecrets(from: DependencyContainer, kernel: Kernel): void {
  const runTime = from.resolve(tokens.RUN_TIME_SETTINGS);
  const secrets = from.resolve(tokens.SECRET_SETTINGS);
  const logs = from.resolve(tokens.LOGS);
  from.resolve(tokens.SECRET_PEER).begin(kernel, (open) => {
    if (!open) secrets.forget();
    for (const id of runTime.withSecrets)
      kernel
        .refreshSettings(id)
        .catch((error: unknown) => logs.host.error({ plugin: id, err: error }, 'Its secrets failed'));
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
    dataFolderOf: (id) => (id === 'vault' ? folders.vault : join(folders.data, id)),
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
    onViolation: ({ sender, verb, topic, error }) =>
      logs.host.warn({ sender, verb, topic, code: error.code }, 'A plugin broke a rule'),
    onChange: (change) => {
      logChange(logs, change);
      listener.onChange(change);
    },
    onNotice: ({ code, message, fix }) => logs.host.warn({ code, fix }, message),
    onFailure: (subject, error) => logs.host.error({ subject, err: error }, 'Something failed'),
    onStopRequest: (reason) => listener.onStopRequest(reason),
  });
  notices.connect((notice) => {
    logs.host.warn({ code: notice.code, fix: notice.fix }, notice.message);
    kernel.notice(notice);
  });
  followSecrets(from, kernel);
  return kernel;
}

function logChange(logs: Logs, { id, from, to, error }: Parameters<HostListener['onChange']>[0]): void {
  const fields = { plugin: id, from, to, ...(error === undefined ? {} : { code: error.code, fix: error.fix }) };
  if (error === undefined) logs.host.info(fields, `${id} is ${to}`);
  else logs.host.warn(fields, `${id} is ${to}: ${error.message}`);
}
