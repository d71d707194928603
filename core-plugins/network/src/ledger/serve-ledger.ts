import type { Bus, Storage } from '@aico/sdk';
import { exportHead, exportLines } from './export.ts';
import { allEntries, listEntries, summarise } from './read-ledger.ts';

/** Shows the list to whoever may see it. */
export async function serveLedger(bus: Bus, storage: Storage, keepDays: () => number): Promise<void> {
  await bus.serve('net.egress.list.v1', ({ data }) => listEntries(storage, data));
  await bus.serve('net.egress.summary.get.v1', () => summarise(storage, keepDays()));
  await bus.serveStream('net.egress.export.v1', async ({ data, signal, sender }, stream) => {
    await bus.request('kernel.trail.note.v1', { kind: 'egress.exported', by: sender });
    const head = exportHead(data.format);
    if (head !== '') await stream.write({ text: head });
    let count = 0;
    for await (const entries of allEntries(storage, data)) {
      if (signal.aborted) break;
      await stream.write({ text: exportLines(data.format, entries) });
      count += entries.length;
    }
    return { entries: count };
  });
}
