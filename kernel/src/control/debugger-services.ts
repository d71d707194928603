import type { DebuggerMessage, DebuggerOpen, PluginRef } from '@aico/schemas';
import type { Broker } from '../bus/broker.ts';
import type { Inspections } from '../lifecycle/inspections.ts';

/** Answers those who look into plugins. */
export function serveDebugger(broker: Broker, inspections: Inspections): void {
  broker.serveLocal('kernel.debugger.open.v1', async ({ data, sender }) => {
    const { id, open, waits = false } = data as DebuggerOpen;
    await (open ? inspections.open(id, sender, waits) : inspections.close(id, sender));
    return {};
  });
  broker.serveLocal('kernel.debugger.send.v1', ({ data, sender }) => {
    const { id, message } = data as DebuggerMessage;
    inspections.send(id, message, sender);
    return {};
  });
  broker.serveLocal('kernel.debugger.read.v1', ({ data, sender }) => inspections.read((data as PluginRef).id, sender));
}
