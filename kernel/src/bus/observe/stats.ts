import type { BusPluginStats, BusStats, BusTopicStats } from '@aico/schemas';
import type { ContractTable } from '../contract-table.ts';
import type { Ledger } from './ledger.ts';
import type { ObservedPeer } from './observer.ts';

const FLOWS_TOLD = 2_000;

export interface StatsSources {
  /** ms since 1970. */
  readonly since: number;
  readonly ledger: Ledger;
  readonly peers: readonly ObservedPeer[];
  readonly contracts: ContractTable;
  readonly receiversOf: (topic: string) => readonly string[];
}

/** What was counted, beside who speaks of what now. */
export function statsOf(sources: StatsSources): BusStats {
  const { since, ledger } = sources;
  const flows = [...ledger.flows.values()].sort((a, b) => b.messages - a.messages).slice(0, FLOWS_TOLD);
  return {
    since: new Date(since).toISOString(),
    topics: topicsOf(sources),
    plugins: peersOf(sources),
    flows: flows.map((flow) => ({ ...flow })),
    uncounted: ledger.uncounted,
  };
}

function topicsOf({ ledger, peers, contracts, receiversOf }: StatsSources): BusTopicStats[] {
  const servers = new Map(peers.flatMap(({ id, serving }) => [...serving].map((topic) => [topic, id] as const)));
  const names = [...new Set([...ledger.topics.keys(), ...servers.keys()])].sort();
  return names.flatMap((topic) => {
    const contract = contracts.find(topic)?.topic;
    if (contract === undefined) return [];
    const { latency, ...counts } = ledger.topic(topic);
    const stats: BusTopicStats = { topic, kind: contract.kind, ...counts, subscribers: receiversOf(topic).length };
    const server = servers.get(topic);
    if (server !== undefined) stats.server = server;
    if (latency !== undefined) stats.latency = latency.summary();
    return [stats];
  });
}

function peersOf({ ledger, peers }: StatsSources): BusPluginStats[] {
  const attached = new Map(peers.map((peer) => [peer.id, peer]));
  return [...new Set([...ledger.peers.keys(), ...attached.keys()])].sort().map((id) => {
    const peer = attached.get(id);
    const now = { queued: peer?.outbox.depth ?? 0, openRequests: peer?.asked.size ?? 0 };
    return { id, connected: peer !== undefined || id === 'kernel', ...ledger.peer(id), ...now };
  });
}
