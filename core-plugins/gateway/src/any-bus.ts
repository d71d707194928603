import type { Bus, BusStream, Message, RequestOptions, Undo } from '@aico/sdk';

/** The bus without the types of single topics: the gateway carries topics that it does not know. */
export interface AnyBus {
  request(topic: string, data: unknown, options?: RequestOptions): Promise<unknown>;
  stream(topic: string, data: unknown, options?: RequestOptions): BusStream<unknown, unknown>;
  subscribe(topic: string, handler: (message: Message<unknown>) => void): Promise<Undo>;
}

/** Callers check each payload against the contract of its topic; the kernel checks it again. */
export function toAnyBus(bus: Bus): AnyBus {
  return bus as unknown as AnyBus;
}
