import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Attachment, Broker, ContractTable, createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { ZmqPeerSockets } from '@aico/kernel/zeromq';
import { type Grant, type Quota, TOPICS, type Violation } from '@aico/schemas';
import { RawPeer } from './raw-peer.ts';

export interface TestBus extends AsyncDisposable {
  readonly broker: Broker;
  readonly violations: Violation[];
  /** Attaches a peer with grants, written as `verb topic`. */
  attach(id: string, grants: readonly (string | Grant)[], quota?: Quota): Promise<AttachedPeer>;
}

export interface AttachedPeer {
  readonly peer: RawPeer;
  readonly attachment: Attachment;
}

export const clock = {
  now: (): number => Date.now(),
  after: (milliseconds: number, handler: () => void): (() => void) => {
    const timer = setTimeout(handler, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const grantOf = (grant: string | Grant): Grant => {
  if (typeof grant !== 'string') return grant;
  const [verb, topic] = grant.split(' ') as [Grant['verb'], string];
  return { verb, topic, effect: 'allow' };
};

const GENEROUS: Required<Quota> = { ...DEFAULT_QUOTA, messagesPerSecond: 1_000_000, bytesPerSecond: 1_000_000_000 };

/** The table with nothing sealed, for peers that write their payloads by hand. */
export const openContracts = (): ContractTable =>
  new ContractTable(TOPICS.map(({ sealed, ...topic }) => (sealed === true ? { ...topic, redacted: true } : topic)));

export type Transport = 'memory' | 'zeromq';

/** A real broker whose peers are reached in memory or over real sockets. */
export async function createTestBus(
  transport: Transport,
  contracts: ContractTable = new ContractTable(),
): Promise<TestBus> {
  const violations: Violation[] = [];
  const broker = new Broker({ contracts, clock, onViolation: (each) => violations.push(each) }, 'k');
  const folder = await mkdtemp(join(tmpdir(), 'aico-bus-'));
  const sockets = new ZmqPeerSockets(folder);
  const closers: (() => void)[] = [];
  let count = 0;
  const connect = async (id: string) => {
    if (transport === 'memory') {
      const [link, other] = createMemoryLinks();
      return { link, peer: RawPeer.overLink(other) };
    }
    count += 1;
    const { link, credentials } = await sockets.open(`${id}-${count}`);
    const [peer, close] = RawPeer.overZeromq(credentials);
    closers.push(close);
    return { link, peer };
  };
  return {
    broker,
    violations,
    attach: async (id, grants, quota = {}) => {
      const { link, peer } = await connect(id);
      const attachment = broker.attach({
        id,
        incarnation: `${id}-1`,
        grants: grants.map(grantOf),
        quota: { ...GENEROUS, ...quota },
        link,
      });
      return { peer, attachment };
    },
    [Symbol.asyncDispose]: async () => {
      for (const close of closers) close();
      await sockets.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
