import type { Kernel } from '@aico/kernel';
import type {
  Clock,
  ConfigurationSource,
  Gallery,
  PeerSocketFactory,
  PluginRunner,
  StateStore,
} from '@aico/kernel/contracts';
import type { InjectionToken } from 'tsyringe';
import type { Settings } from './configuration/read-settings.ts';
import type { RunTimeSettings } from './configuration/run-time-settings.ts';
import type { SecretSettings } from './configuration/secret-settings.ts';
import type { HostListener } from './host.ts';
import type { LogSeal } from './logging/log-seal.ts';
import type { Logs } from './logging/logs.ts';
import type { LogTerminal } from './logging/pretty-terminal.ts';
import type { Notices } from './notices.ts';
import type { ProductSource } from './source/product-source.ts';
import type { VaultPeer } from './vault-peer.ts';

// One token for each thing that is wired; the kernel's ports are not the host's to annotate, so all stand here.
export const SETTINGS: InjectionToken<Settings> = Symbol('Settings');
export const RUNTIME_FOLDER: InjectionToken<string> = Symbol('runtime folder');
export const VERSION: InjectionToken<string> = Symbol('version');
export const HOST_LISTENER: InjectionToken<HostListener> = Symbol('HostListener');
export const LOG_TERMINAL: InjectionToken<LogTerminal> = Symbol('LogTerminal');
export const NOTICES: InjectionToken<Notices> = Symbol('Notices');
export const LOG_SEAL: InjectionToken<LogSeal> = Symbol('LogSeal');
export const LOGS: InjectionToken<Logs> = Symbol('Logs');
export const CLOCK: InjectionToken<Clock> = Symbol('Clock');
export const STATE_STORE: InjectionToken<StateStore> = Symbol('StateStore');
export const RUN_TIME_SETTINGS: InjectionToken<RunTimeSettings> = Symbol('RunTimeSettings');
export const VAULT_PEER: InjectionToken<VaultPeer> = Symbol('VaultPeer');
export const SECRET_SETTINGS: InjectionToken<SecretSettings> = Symbol('SecretSettings');
export const CONFIGURATION: InjectionToken<ConfigurationSource> = Symbol('ConfigurationSource');
export const PLUGIN_SOURCE: InjectionToken<ProductSource> = Symbol('ProductSource');
export const GALLERY: InjectionToken<Gallery> = Symbol('Gallery');
export const PEER_SOCKETS: InjectionToken<PeerSocketFactory> = Symbol('PeerSocketFactory');
export const PLUGIN_RUNNER: InjectionToken<PluginRunner> = Symbol('PluginRunner');
export const KERNEL: InjectionToken<Kernel> = Symbol('Kernel');
