export type { Clock } from './clock.ts';
export type { ConfigurationSource } from './configuration.ts';
export type { Gallery } from './gallery.ts';
export type { Link } from './link.ts';
export type { OpenedSocket, PeerCredentials, PeerSocketFactory } from './peer-socket.ts';
export type {
  LogLine,
  PluginRunner,
  RunDebugger,
  RunExit,
  RunningPlugin,
  RunPressure,
  RunRequest,
} from './plugin-runner.ts';
export type { PluginReference, PluginSource, VerifiedPackage } from './plugin-source.ts';
export type { PluginRecord, RunCount, StateStore } from './state-store.ts';
