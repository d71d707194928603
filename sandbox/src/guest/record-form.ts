import type { InRecord, OutRecord } from '@aico/sdk/internal';

/** A record on its way up the bridge. */
export type OutTuple = [
  kind: number,
  correlation: number,
  sequence: number,
  topic: string,
  header: string,
  payload: string,
];
/** A record on its way down the bridge. */
export type InTuple = [...OutTuple, time: number];

export function toOutTuple(record: OutRecord): OutTuple {
  return [
    record.kind,
    record.correlation,
    record.sequence ?? 0,
    record.topic,
    record.header ?? '',
    record.payload ?? '',
  ];
}

export function toInTuple(record: InRecord): InTuple {
  const { kind, correlation, sequence, topic, header, payload, time } = record;
  return [kind, correlation, sequence, topic, header, payload, time];
}

export function fromInTuple(tuple: InTuple): InRecord {
  const [kind, correlation, sequence, topic, header, payload, time] = tuple;
  return { kind, correlation, sequence, topic, header, payload, time };
}
