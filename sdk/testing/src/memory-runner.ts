import { createMemoryLinks, type PluginRunner, type RunExit, type RunningPlugin, type RunRequest } from '@aico/kernel';
import type { PluginContext } from '@aico/sdk';
import { startPlugin, type Timers } from '@aico/sdk/internal';
import { createMemoryPort } from './memory-port.ts';
import type { MemorySource } from './memory-source.ts';

type LogHandler = Parameters<RunningPlugin['onLog']>[0];

export const nodeTimers: Timers = {
  after: (milliseconds, handler) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Runs plugins in this process: no isolation, everything else as it is. */
export class MemoryRunner implements PluginRunner {
  readonly contexts: Map<string, PluginContext> = new Map();
  readonly #source: MemorySource;

  constructor(source: MemorySource) {
    this.#source = source;
  }

  async start(request: RunRequest): Promise<RunningPlugin> {
    const { manifest, files } = request.package;
    const [kernelEnd, pluginEnd] = createMemoryLinks();
    const exited = Promise.withResolvers<RunExit>();
    const plugin = this.#source.plugins.get(manifest.id);
    // A plugin may log in activate, before the kernel listens.
    const early: Parameters<LogHandler>[0][] = [];
    let onLog: LogHandler = (line) => void early.push(line);
    const log = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: Record<string, unknown>) =>
      onLog(fields === undefined ? { level, message } : { level, message, fields });
    const context = startPlugin({
      port: createMemoryPort(pluginEnd),
      timers: nodeTimers,
      log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      definition: plugin?.definition,
      manifest,
      grants: request.grants,
      configuration: request.configuration,
      assets: { read: (path) => files.get(path), paths: [...files.keys()] },
      dataFolder: plugin?.dataFolder,
      standby: request.standby,
      onEnd: () => queueMicrotask(() => exited.resolve({ code: 0, signal: undefined })),
    });
    this.contexts.set(manifest.id, context);
    return {
      link: kernelEnd,
      confinement: [],
      processId: undefined,
      exited: exited.promise,
      usage: () => undefined,
      onLog: (handler) => {
        onLog = handler;
        for (const line of early.splice(0)) handler(line);
      },
      kill: (signal) => exited.resolve({ code: undefined, signal }),
    };
  }

  async close(): Promise<void> {
    this.contexts.clear();
  }
}
