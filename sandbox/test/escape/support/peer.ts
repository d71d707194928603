import { createMemoryLinks, DEFAULT_QUOTA, type Kernel } from '@aico/kernel';
import type { Grant, Permission } from '@aico/schemas';
import { decodeFrame, encodeFrame, encodeRecord } from '@aico/schemas/wire';
import type { PluginContext } from '@aico/sdk';
import { type RecordPort, startPlugin, type Timers } from '@aico/sdk/internal';

const timers: Timers = {
  after: (milliseconds, handler) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Puts the test itself on the bus, with grants as a plugin has them. */
export async function attachPeer(
  kernel: Kernel,
  id: string,
  permissions: readonly Pick<Permission, 'verb' | 'topic'>[],
): Promise<PluginContext> {
  const [kernelEnd, peerEnd] = createMemoryLinks();
  const port: RecordPort = {
    send: ({ header = '', payload = '', ...record }) => {
      const bytes = { header: Buffer.from(header), payload: Buffer.from(payload) };
      void peerEnd.send(encodeFrame([encodeRecord({ ...record, ...bytes })]));
    },
    receive: (handler) =>
      peerEnd.receive((frame) => {
        for (const { header, payload, ...record } of decodeFrame(frame)) {
          handler({ ...record, header: Buffer.from(header).toString(), payload: Buffer.from(payload).toString() });
        }
      }),
  };
  const grants = permissions.map((permission): Grant => ({ ...permission, effect: 'allow' }));
  const active = Promise.withResolvers<void>();
  kernel.attachPeer({
    id,
    incarnation: `${id}-test`,
    grants,
    quota: { ...DEFAULT_QUOTA, messagesPerSecond: 1_000_000 },
    link: kernelEnd,
    onLifecycle: () => active.resolve(),
  });
  const context = startPlugin({
    port,
    timers,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    definition: { activate: () => {} },
    manifest: { id, version: '0.0.0' },
    grants,
    configuration: {},
    assets: { read: () => undefined, paths: [] },
    dataFolder: undefined,
    onEnd: () => {},
  });
  await active.promise;
  return context;
}
