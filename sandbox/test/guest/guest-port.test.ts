import { RecordKind } from '@aico/schemas';
import type { InRecord } from '@aico/sdk/internal';
import { expect, test } from 'vitest';
import { toInTuple } from '../../src/guest/record-form.ts';
import { stubBridge } from '../support/stub-bridge.ts';

const bridge = stubBridge();
const { GuestPort } = await import('../../src/guest/guest-port.ts');
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('records of one turn cross the bridge together, in order', async () => {
  const port = new GuestPort();
  port.send({ kind: RecordKind.publish, correlation: 1, topic: 'a.v1', payload: '{}' });
  port.send({ kind: RecordKind.stream, correlation: 2, sequence: 8, topic: 'b.v1', header: '{}' });
  expect(bridge.sent).toEqual([]);
  await settled();
  expect(bridge.sent.splice(0)).toEqual([
    [RecordKind.publish, 1, 0, 'a.v1', '', '{}'],
    [RecordKind.stream, 2, 8, 'b.v1', '{}', ''],
  ]);
});

test('while the host is full records wait here, and leave when it has room', async () => {
  const port = new GuestPort();
  bridge.full = true;
  for (let correlation = 0; correlation < 1_500; correlation += 1) port.send({ kind: 1, correlation, topic: 'a.v1' });
  await settled();
  expect(bridge.sent).toHaveLength(512);
  port.send({ kind: 1, correlation: 1_500, topic: 'a.v1' });
  await settled();
  expect(bridge.sent).toHaveLength(512);
  bridge.full = false;
  port.drained();
  expect(bridge.sent.splice(0).map((tuple) => tuple[1])).toEqual([...Array(1_501).keys()]);
});

test('records that come before the plugin listens are kept for it', () => {
  const port = new GuestPort();
  const record: InRecord = { kind: 2, correlation: 0, sequence: 5, time: 9, topic: 'a.v1', header: '{}', payload: '1' };
  const heard: InRecord[] = [];
  port.deliver(JSON.stringify([toInTuple(record)]));
  port.receive((each) => heard.push(each));
  port.deliver(JSON.stringify([toInTuple({ ...record, sequence: 6 })]));
  expect(heard).toEqual([record, { ...record, sequence: 6 }]);
});
