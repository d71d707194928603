import { createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { RecordKind } from '@aico/schemas';
import { RawPeer } from '../bus/raw-peer.ts';
import { settle } from './fake-clock.ts';
import type { FakeWorld } from './fake-plugins.ts';

const DEBUGGER = ['open', 'send', 'read'];

function topicOf(verb: string): string {
  if (verb === 'decide') return 'kernel.permission.decide.v1';
  return DEBUGGER.includes(verb) ? `kernel.debugger.${verb}.v1` : `kernel.plugin.${verb}.v1`;
}

/** Asks the kernel as the command line does, or under another name. */
export function commandLine(world: FakeWorld, id = 'cli') {
  const [link, other] = createMemoryLinks();
  const peer = RawPeer.overLink(other);
  const verbs = ['list', 'get', 'enable', 'disable', 'install', 'uninstall', 'update', 'limit'];
  const topics = [...verbs, ...DEBUGGER, 'decide'].map(topicOf);
  const grants = topics.map((topic) => ({ verb: 'request' as const, topic, effect: 'allow' as const }));
  world.kernel.attachPeer({ id, incarnation: `${id}-1`, grants, quota: DEFAULT_QUOTA, link });
  let asked = 0;
  return async (verb: string, plugin: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
    asked += 1;
    const correlation = asked;
    await peer.send({
      kind: RecordKind.request,
      correlation,
      topic: topicOf(verb),
      data: verb === 'install' ? { path: plugin } : { id: plugin, ...more },
    });
    await settle();
    const [reply] = [...peer.seen(RecordKind.reply), ...peer.seen(RecordKind.error)].filter(
      (record) => record.correlation === correlation,
    );
    return reply?.data as Record<string, unknown>;
  };
}
