import type { BusRecord, Manifest } from '@aico/schemas';
import { definePlugin } from '@aico/sdk';
import { createTestKernel, parseRecording, type Recording, replay, sentIn, type TestKernel } from '@aico/sdk-testing';
import { expect, test } from 'vitest';

const RUN = 'plugin.parrot.command.run.v1';
const LOOK_UP = 'plugin.notes.command.run.v1';
const READ = 'net.egress.export.v1';
const SAID = { name: 'say', conversation: '6f1c2b34-1a2b-4c3d-8e4f-5a6b7c8d9e0f', time: '2026-11-23T08:00:00.000Z' };

const manifest: Manifest = {
  id: 'parrot',
  name: 'Parrot',
  version: '1.0.0',
  description: 'Says what the notes say, and what left this machine.',
  author: 'The test',
  license: 'MIT',
  tier: 'isolated',
  main: 'index.js',
  engines: { aico: '^0.1.0' },
  contracts: { plugin: '^1.0.0', net: '^1.0.0', llm: '^1.0.0', kernel: '^1.0.0' },
  permissions: [
    { verb: 'serve', topic: RUN, reason: 'To answer.' },
    { verb: 'request', topic: LOOK_UP, reason: 'To look up.' },
    { verb: 'request', topic: READ, reason: 'To read.' },
    { verb: 'subscribe', topic: 'llm.status.changed.v1', reason: 'To know who speaks.' },
  ],
};

/** A plugin with state, requests, streams and events: what it answers depends on everything that it received. */
const definition = definePlugin({
  async activate({ bus }) {
    let model = 'nobody';
    await bus.subscribe('llm.status.changed.v1', ({ data }) => {
      model = data.selected.model;
    });
    await bus.serve(RUN, async ({ data }) => {
      const note = await bus.request(LOOK_UP, data);
      const pieces: string[] = [];
      for await (const { text } of bus.stream(READ, { format: 'csv', plugin: data.name })) pieces.push(text);
      return { text: `${model}: ${note.text} ${pieces.join('|')}` };
    });
  },
});

/** Runs the plugin among others, and records what passes, as the command does. */
async function record(kernel: TestKernel): Promise<Recording> {
  const watcher = await kernel.peer({
    id: 'watcher',
    permissions: [{ verb: 'subscribe', topic: 'kernel.bus.observed.v1' }],
  });
  const notes = await kernel.peer({ id: 'notes', permissions: [{ verb: 'serve', topic: LOOK_UP }] });
  const network = await kernel.peer({ id: 'network', permissions: [{ verb: 'serve', topic: READ }] });
  const model = await kernel.peer({
    id: 'llm',
    permissions: [{ verb: 'publish', topic: 'llm.status.changed.v1' }],
  });
  await notes.bus.serve(LOOK_UP, ({ data }) => ({ text: `something about ${data.arguments}` }));
  await network.bus.serveStream(READ, async ({ data }, stream) => {
    for (const text of ['once', 'twice', data.plugin ?? '']) await stream.write({ text });
    return { entries: 3 };
  });
  await kernel.load({ manifest, definition });
  const lines: unknown[] = [{ recording: 1, plugin: 'parrot', version: '1.0.0', since: SAID.time }];
  await watcher.bus.subscribe('kernel.bus.observed.v1', ({ data }) => {
    const concerns = ({ sender, receivers }: BusRecord): boolean => [sender, ...receivers].includes('parrot');
    lines.push(...data.records.filter(concerns));
  });
  const chat = await kernel.peer({ id: 'chat', permissions: [{ verb: 'request', topic: RUN }] });
  for (const name of ['first', 'second']) {
    await model.bus.publish('llm.status.changed.v1', {
      selected: { provider: 'test', kind: 'scripted', model: name },
      connected: true,
      providers: [],
    });
    await chat.bus.request(RUN, { ...SAID, arguments: `cats (${name})` });
  }
  await expect.poll(() => lines.length).toBe(21);
  return parseRecording(lines.map((line) => JSON.stringify(line)).join('\n'));
}

test('a recording replayed feeds the plugin alone, and it sends the same again [OBS-1, PLG-7]', async () => {
  await using then = await createTestKernel();
  const recording = await record(then);
  await using now = await createTestKernel();
  await now.load({ manifest, definition });
  const { sent, omitted } = await replay(now, recording);
  expect(sent).toEqual(sentIn(recording));
  expect(sent.filter(({ verb }) => verb === 'reply').map(({ data }) => data)).toEqual([
    { text: 'first: something about cats (first) once|twice|say' },
    { text: 'second: something about cats (second) once|twice|say' },
  ]);
  expect(omitted).toEqual([]);
  expect(now.violations).toEqual([]);
});

test('a plugin that behaves otherwise than then is found out [PLG-7]', async () => {
  await using then = await createTestKernel();
  const recording = await record(then);
  await using now = await createTestKernel();
  const mute = definePlugin({ activate: async ({ bus }) => void (await bus.serve(RUN, () => ({ text: 'No.' }))) });
  await now.load({ manifest, definition: mute });
  const { sent } = await replay(now, recording);
  expect(sent.map(({ verb, data }) => [verb, data])).toEqual([
    ['reply', { text: 'No.' }],
    ['reply', { text: 'No.' }],
  ]);
});

test('says what it could not give the plugin again: what was sealed, cut, or from the kernel [SEC-6]', async () => {
  const base = { time: SAID.time, bytes: 3_000, topic: RUN };
  const receivers = ['parrot'];
  const records: BusRecord[] = [
    { ...base, receivers, verb: 'request', sequence: 1, sender: 'chat', exchange: 1, redacted: true },
    {
      ...base,
      receivers,
      verb: 'request',
      sequence: 2,
      sender: 'chat',
      exchange: 2,
      payload: '{"name":"sa',
      cut: true,
    },
    {
      ...base,
      receivers,
      sequence: 3,
      sender: 'kernel',
      verb: 'publish',
      topic: 'kernel.condition.changed.v1',
      payload: '{}',
    },
  ];
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const replayed = await replay(kernel, { plugin: 'parrot', version: '1.0.0', records, skipped: 0 });
  expect(replayed).toEqual({ sent: [], omitted: records });
});

test.each([
  ['', 'line 1'],
  ['{"recording":2,"plugin":"dice"}', 'line 1'],
  ['{"recording":1,"plugin":"dice"}\nnonsense', 'line 2'],
  ['{"recording":1,"plugin":"dice"}\n{"verb":"request"}', 'line 2'],
])('a file that is no recording is refused where it is wrong: %j', (text, subject) => {
  expect(() => parseRecording(text)).toThrow(expect.objectContaining({ code: 'SDK_RECORDING_INVALID', subject }));
});
