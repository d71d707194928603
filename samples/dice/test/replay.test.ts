import { readFileSync } from 'node:fs';
import type { Manifest } from '@aico/sdk';
import { createTestKernel, parseRecording, replay, sentIn } from '@aico/sdk-testing';
import { expect, test } from 'vitest';
import definition from '../src/index.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const manifest = JSON.parse(read('../plugin.json')) as Manifest;
/** Written by `aico bus record --plugin dice --out rolls.jsonl` while somebody tried four rolls in the chat. */
const recording = parseRecording(read('recordings/rolls.jsonl'));

test('answers a recorded conversation as it did then, but for how the dice fall [OBS-1, PLG-9]', async () => {
  await using kernel = await createTestKernel();
  await kernel.load({ manifest, definition });
  const { sent, omitted } = await replay(kernel, recording);
  const then = sentIn(recording);
  expect(omitted).toEqual([]);
  expect(sent.slice(0, 3)).toEqual(then.slice(0, 3));
  expect(sent).toHaveLength(then.length);
  expect(sent[3]).toMatchObject({ verb: 'reply', topic: 'plugin.dice.command.run.v1' });
  expect(sent[3]?.data).toEqual({ text: expect.stringMatching(/^🎲 \*\*\d+\*\* = 2d6 \[[1-6], [1-6]\]$/) });
});
