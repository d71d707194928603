import { Buffer } from 'node:buffer';
import type { Link } from '@aico/kernel';
import { decodeFrame, encodeFrame, encodeRecord } from '@aico/schemas/wire';
import type { OutRecord, RecordPort } from '@aico/sdk/internal';

/** A record port over an in-memory link: every record crosses the real wire form. */
export function createMemoryPort(link: Link): RecordPort {
  return {
    send: (record: OutRecord) => {
      const { kind, correlation, topic, sequence = 0, header = '', payload = '' } = record;
      const bytes = { header: Buffer.from(header), payload: Buffer.from(payload) };
      void link.send(encodeFrame([encodeRecord({ kind, correlation, topic, sequence, ...bytes })]));
    },
    receive: (handler) => {
      link.receive((frame) => {
        for (const record of decodeFrame(frame)) {
          const header = Buffer.from(record.header).toString();
          handler({ ...record, header, payload: Buffer.from(record.payload).toString() });
        }
      });
    },
  };
}
