import type { DeliveryHeader } from '@aico/schemas';
import type { Message } from '../bus.ts';
import type { InRecord } from './record-port.ts';

/** Reads a delivered record as a message. */
export function messageOf(record: InRecord): Message<unknown> {
  const header = JSON.parse(record.header) as DeliveryHeader;
  const message: Message<unknown> = {
    id: `${header.incarnation}/${record.sequence}`,
    topic: record.topic,
    time: new Date(record.time),
    sender: header.sender,
    incarnation: header.incarnation,
    grant: header.grant ?? {},
    data: JSON.parse(record.payload),
  };
  return header.traceparent === undefined ? message : { ...message, traceparent: header.traceparent };
}
