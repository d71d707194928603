import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, ContractTable, completeQuota, type PeerCredentials } from '@aico/kernel';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import type { Grant } from '@aico/schemas';

/** What the parent asks for, and what it gets. */
export interface Opened {
  readonly id: string;
  readonly credentials: PeerCredentials;
}
export interface Open {
  readonly id: string;
  readonly grants: readonly Grant[];
}

// A kernel's bus in a process of its own, for those who are measured and one who attacks.
const folder = await mkdtemp(join(tmpdir(), 'aico-sockets-'));
const sockets = new ZmqPeerSockets(folder);
const clock = {
  now: () => Date.now(),
  after: (milliseconds: number, handler: () => void): (() => void) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
};
const broker = new Broker({ contracts: new ContractTable(), clock, onViolation: () => {} }, 'k');

process.on('message', async ({ id, grants }: Open) => {
  const { link, credentials } = await sockets.open(`${id}-1`);
  // Who is measured asks as fast as it goes; who attacks has what every plugin has.
  const quota = completeQuota(id.startsWith('hostile') ? {} : { messagesPerSecond: 100_000 });
  broker.attach({ id, incarnation: `${id}-1`, grants, quota, link });
  process.send?.({ id, credentials } satisfies Opened);
});
process.on('disconnect', async () => {
  await sockets.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
});
