import type { Delivery, DurableEvent } from '@aico/sdk';
import type { TestKernel } from './test-kernel.ts';

const TOPICS = ['journal.append.v1', 'journal.consume.v1', 'journal.settle.v1'] as const;

interface Group {
  readonly open: Map<number, Delivery>;
  readonly members: Set<(delivery: Delivery) => void>;
}

/**
 * Keeps durable events for the plugins of a test, in memory: each goes to one consumer of every group, and comes again at once
 * when it is returned. Returns what was kept.
 */
export async function serveJournal(kernel: TestKernel): Promise<readonly DurableEvent[]> {
  const { bus } = await kernel.peer({
    id: 'journal',
    permissions: TOPICS.map((topic) => ({ verb: 'serve', topic }) as const),
  });
  const events: DurableEvent[] = [];
  const groups = new Map<string, Group & { readonly pattern: string }>();
  const hand = ({ open, members }: Group, delivery: Delivery): void => {
    open.set(delivery.sequence, delivery);
    for (const member of members) {
      // The one that waited longest is next.
      members.delete(member);
      members.add(member);
      member(delivery);
      return;
    }
  };
  await bus.keepEvents(async (event) => {
    const sequence = events.push(event);
    const { payload, time, ...rest } = event;
    const delivery = { ...rest, sequence, time: new Date(time).toISOString(), attempt: 1, data: JSON.parse(payload) };
    for (const group of groups.values()) if (group.pattern === event.topic) hand(group, delivery);
    return { sequence };
  });
  await bus.serveStream('journal.consume.v1', async ({ sender, data: { group: name, pattern }, signal }, stream) => {
    const group = groups.get(`${sender}/${name}`) ?? { pattern, open: new Map(), members: new Set() };
    groups.set(`${sender}/${name}`, group);
    const member = (delivery: Delivery): void => void stream.write(delivery).catch(() => undefined);
    group.members.add(member);
    for (const delivery of [...group.open.values()]) hand(group, delivery);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    group.members.delete(member);
    return {};
  });
  await bus.serve('journal.settle.v1', ({ sender, data: { group: name, acknowledged, returned } }) => {
    const group = groups.get(`${sender}/${name}`);
    for (const sequence of acknowledged) group?.open.delete(sequence);
    for (const { sequence } of returned) {
      const delivery = group?.open.get(sequence);
      if (group !== undefined && delivery !== undefined) hand(group, { ...delivery, attempt: delivery.attempt + 1 });
    }
    return { settled: acknowledged.length + returned.length };
  });
  return events;
}
