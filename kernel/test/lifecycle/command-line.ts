import { createMemoryLinks, DEFAULT_QUOTA } from '@aico/kernel';
import { RecordKind } from '@aico/schemas';
import { RawPeer } from '../bus/raw-peer.ts';
import { settle } from './fake-clock.ts';
import type { FakeWorld } from './fake-plugins.ts';

/** Asks the kernel as the command line does. */
export function commandLine(world: FakeWorld) {
  const [link, other] = createMemoryLinks();
  const peer = RawPeer.overLink(other);
  const verbs = ['list', 'get', 'enable', 'disable', 'install', 'uninstall', 'update', 'limit'];
  const topics = [...verbs.map((verb) => `kernel.plugin.${verb}.v1`), 'kernel.permission.decide.v1'];
  const grants = topics.map((topic) => ({ verb: 'request' as const, topic, effect: 'allow' as const }));
  world.kernel.attachPeer({ id: 'cli', incarnation: 'cli-1', grants, quota: DEFAULT_QUOTA, link });
  let asked = 0;
  return async (verb: string, id: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
    asked += 1;
    const correlation = asked;
    await peer.send({
      kind: RecordKind.request,
      correlation,
      topic: verb === 'decide' ? 'kernel.permission.decide.v1' : `kernel.plugin.${verb}.v1`,
      data: verb === 'install' ? { path: id } : { id, ...more },
    });
    await settle();
    const [reply] = [...peer.seen(RecordKind.reply), ...peer.seen(RecordKind.error)].filter(
      (record) => record.correlation === correlation,
    );
    return reply?.data as Record<string, unknown>;
  };
}
