import type { Log } from '@aico/sdk';
import { type PluginRuntime, startPlugin } from '@aico/sdk/internal';
import { decodeBase64 } from './base64.ts';
import { bridge } from './bridge.ts';
import { installGlobals, timers } from './globals.ts';
import { GuestPort } from './guest-port.ts';
import { lockDown } from './lockdown.ts';
import { logFailure } from './show.ts';

/** What the host tells the guest when the plugin's module is there. */
export interface GuestStart extends Pick<PluginRuntime, 'manifest' | 'grants' | 'configuration' | 'standby'> {
  readonly assetPaths: readonly string[];
}

const global = globalThis as unknown as Record<string, unknown>;
lockDown(global);
installGlobals(global);
const port = new GuestPort();

const write =
  (level: keyof Log) =>
  (message: string, fields?: Readonly<Record<string, unknown>>): void =>
    bridge.log(level, String(message), fields === undefined ? undefined : toJson(fields));

function toJson(fields: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(fields);
  } catch (error) {
    return JSON.stringify({ leftOut: String(error) });
  }
}

/** Begins the plugin's life. */
export function start(definition: unknown, startJson: string): void {
  const { manifest, grants, configuration, standby, assetPaths } = JSON.parse(startJson) as GuestStart;
  startPlugin({
    port,
    manifest,
    grants,
    configuration,
    standby,
    definition,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    timers: {
      after: (milliseconds, handler) => {
        const id = timers.set(handler, milliseconds);
        return () => timers.clear(id);
      },
    },
    assets: {
      paths: assetPaths,
      read: (path) => {
        const text = bridge.asset(String(path));
        return text === undefined ? undefined : decodeBase64(text);
      },
    },
    dataFolder: undefined,
    onEnd: () => {
      // The port's last records leave in a microtask that is already queued.
      void Promise.resolve().then(() => bridge.end());
    },
  });
}

/** Records from the kernel. */
export function receive(records: string): void {
  port.deliver(records);
}

/** The next timer is due. */
export function wake(): void {
  timers.wake(logFailure);
}

/** The host took everything and has room again. */
export function drained(): void {
  port.drained();
}
