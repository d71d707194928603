import type { BusFlow, BusRecord } from '@aico/sdk';
import { describe, expect, test } from 'vitest';
import { fits, prettyPayload } from '../../ui/src/bus/flow-filter.ts';
import { layOutTalk } from '../../ui/src/bus/talk-picture.ts';
import { parsePath, pathOf } from '../../ui/src/router/routes.ts';

const record: BusRecord = {
  time: '2026-11-23T08:00:00.000Z',
  sequence: 1,
  verb: 'request',
  sender: 'chat',
  topic: 'memory.recall.v1',
  receivers: ['memory'],
  bytes: 14,
  payload: '{"text":"Tea"}',
};

describe('the flow of messages [OBS-1]', () => {
  test('is filtered by sender, receiver, topic and payload, every word of the query', () => {
    expect(['', 'chat', 'memory', 'recall tea', 'TEA'].filter((query) => fits(record, 'all', query))).toHaveLength(5);
    expect(['dice', 'chat coffee'].filter((query) => fits(record, 'all', query))).toEqual([]);
  });

  test('is filtered by kind: what failed is an error, whatever it answered', () => {
    const kinds = (verb: BusRecord['verb']) =>
      (['events', 'requests', 'errors'] as const).filter((kind) => fits({ ...record, verb }, kind, ''));
    expect([kinds('publish'), kinds('reply'), kinds('refused')]).toEqual([['events'], ['requests'], ['errors']]);
  });

  test('shows a payload indented, and one that was cut as it is', () => {
    expect(prettyPayload('{"text":"Tea"}')).toBe('{\n  "text": "Tea"\n}');
    expect(prettyPayload('{"text":"Te')).toBe('{"text":"Te');
  });
});

test('the picture ties each two who spoke once, thicker where more was said [OBS-1]', () => {
  const flow = (sender: string, receiver: string, messages: number): BusFlow => ({
    sender,
    receiver,
    messages,
    topic: 'memory.recall.v1',
    verb: 'request',
    bytes: 1,
  });
  const flows = [flow('chat', 'memory', 5), flow('memory', 'chat', 4), flow('chat', 'llm', 1), flow('llm', 'llm', 9)];
  const { nodes, ties } = layOutTalk(flows, 100, 50);
  expect(nodes.map(({ id }) => id)).toEqual(['chat', 'llm', 'memory']);
  expect(ties.map(({ one, other, messages }) => [one, other, messages])).toEqual([
    ['chat', 'memory', 9],
    ['chat', 'llm', 1],
  ]);
  expect(ties[0]?.width).toBeGreaterThan(ties[1]?.width ?? 0);
});

test('the bus has an address of its own below the activity [UI-2]', () => {
  expect(parsePath('/activity/bus')).toEqual({ name: 'bus' });
  expect(pathOf({ name: 'bus' })).toBe('/activity/bus');
  expect(parsePath('/activity/other')).toEqual({ name: 'missing', path: '/activity/other' });
});
