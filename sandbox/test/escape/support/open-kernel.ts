import { join } from 'node:path';
import { Kernel, type KernelOptions, type PluginSource } from '@aico/kernel';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { createProcessRunner } from '../../../src/index.ts';

/** The real kernel with real sockets and processes, and nothing of the product around it. */
export function openKernel(
  folder: string,
  source: PluginSource,
  listeners: Pick<KernelOptions, 'onLog' | 'onViolation' | 'onChange'> = {},
): Kernel {
  return new Kernel({
    source,
    runner: createProcessRunner({
      runtimeFolder: folder,
      transport: new ZmqPeerSockets(folder),
      homeFolder: folder,
      dataFolderOf: (id) => join(folder, 'data', id),
      patienceMs: 300,
    }),
    clock: {
      now: () => Date.now(),
      after: (milliseconds, handler) => {
        const timer = setTimeout(handler, milliseconds);
        return () => clearTimeout(timer);
      },
    },
    state: {
      read: () => undefined,
      write: async () => {},
      remove: async () => {},
      beginRun: async () => ({ run: 1 }),
      endRun: async () => {},
    },
    configuration: { valuesOf: () => ({}), sourcesOf: () => ({}), set: async () => {} },
    policy: { isRequired: () => false, isEnabledByDefault: () => true },
    version: '0.1.0',
    distribution: 'test',
    home: folder,
    ...listeners,
  });
}
