import { Buffer } from 'node:buffer';
import { RecordKind } from '@aico/schemas';
import { describe, expect, test } from 'vitest';
import { createTestBus } from '../test-bus.ts';

const ROLL = 'plugin.dice.command.run.v1';
const RUN = {
  name: 'roll',
  arguments: '2d6',
  conversation: '6f1c2b34-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
  time: '2026-11-23T08:00:00.000Z',
};
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const headerOf = (traceparent: unknown): Buffer => Buffer.from(JSON.stringify({ traceparent }));

async function ask(header?: Buffer) {
  const bus = await createTestBus('memory');
  const { peer: asker } = await bus.attach('asker', [`request ${ROLL}`]);
  const { peer: server } = await bus.attach('dice', [`serve ${ROLL}`]);
  await server.serve(ROLL);
  const data = RUN;
  await asker.send({ kind: RecordKind.request, correlation: 1, topic: ROLL, data, ...(header && { header }) });
  return { bus, asker, server };
}

describe('the trace of a message [OBS-3]', () => {
  test('goes on with a new span at each hop', async () => {
    const { bus, server } = await ask(headerOf(`00-${TRACE}-${SPAN}-01`));
    await using _ = bus;
    const { header } = await server.next(RecordKind.request);
    expect(header).toMatchObject({ sender: 'asker', incarnation: 'asker-1' });
    expect(header['traceparent']).toMatch(new RegExp(`^00-${TRACE}-(?!${SPAN})[0-9a-f]{16}-01$`));
  });

  test('stays absent where it is absent', async () => {
    const { bus, server } = await ask();
    await using _ = bus;
    expect((await server.next(RecordKind.request)).header).toEqual({ sender: 'asker', incarnation: 'asker-1' });
  });

  test.each([
    ['no JSON', Buffer.from('00-aa')],
    ['no text', headerOf(12)],
    ['another version', headerOf(`01-${TRACE}-${SPAN}-01`)],
    ['capitals', headerOf(`00-${TRACE.toUpperCase()}-${SPAN}-01`)],
    ['a trace of zeros', headerOf(`00-${'0'.repeat(32)}-${SPAN}-01`)],
    ['a span of zeros', headerOf(`00-${TRACE}-${'0'.repeat(16)}-01`)],
    ['something after it', headerOf(`00-${TRACE}-${SPAN}-01-more`)],
    ['a megabyte', Buffer.alloc(60_000, 'a')],
  ])('is refused when it is %s [SEC-4]', async (_, header) => {
    const { bus, asker, server } = await ask(header);
    await using __ = bus;
    expect((await asker.next(RecordKind.error)).data).toMatchObject({ code: 'KERNEL_TRACE_MALFORMED' });
    expect(server.seen(RecordKind.request)).toEqual([]);
  });

  test('cannot forge the sender on its way', async () => {
    const forged = Buffer.from(JSON.stringify({ traceparent: `00-${TRACE}-${SPAN}-01`, sender: 'kernel', grant: {} }));
    const { bus, server } = await ask(forged);
    await using _ = bus;
    const { header } = await server.next(RecordKind.request);
    expect(Object.keys(header).sort()).toEqual(['incarnation', 'sender', 'traceparent']);
    expect(header['sender']).toBe('asker');
  });
});
