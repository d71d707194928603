import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BusObserved, BusRecord, BusStats } from '@aico/schemas';
import { expect, test } from 'vitest';
import { BrowserSession } from '../support/browser-session.ts';
import { Product } from '../support/product.ts';

const QUESTIONS: ReadonlySet<string> = new Set(['publish', 'request', 'stream']);
const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('one turn is one trace, from the gateway to memory and the model, a span for each hop [OBS-3, BUS-6]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  const batches = (await session.events('kernel.bus.observed.v1')) as BusObserved[];
  await session.turn(id, 'My cat is called Turing.');
  const seen = (): BusRecord[] => batches.flatMap(({ records }) => records);
  await expect.poll(() => seen().some(({ sender, verb }) => sender === 'llm' && verb === 'reply')).toBe(true);

  const turn = seen().find(({ topic, verb }) => topic === 'chat.turn.run.v1' && verb === 'stream');
  const trace = turn?.traceparent?.split('-')[1];
  expect(trace).toMatch(/^[0-9a-f]{32}$/);
  const hops = seen().filter(({ traceparent, verb }) => QUESTIONS.has(verb) && traceparent?.split('-')[1] === trace);
  const path = hops.map(({ sender, topic }) => `${sender} ${topic}`);
  expect(path[0]).toBe('gateway chat.turn.run.v1');
  expect(path).toEqual(expect.arrayContaining(['chat memory.recall.v1', 'chat llm.generate.v1']));
  expect(path).toContain('chat chat.message.created.v1');
  expect(new Set(hops.map(({ traceparent }) => traceparent)).size).toBe(hops.length);
}, 120_000);

test('the command sees traffic, numbers and topics, and writes down what one plugin says [OBS-1, OBS-2]', async () => {
  const product = await Product.start();
  const session = await BrowserSession.setup(product.url);
  const { id } = await session.conversation();
  await session.call('POST', '/plugins/dice/enable', {});
  const file = join(product.home, 'dice.jsonl');
  const watching = ['--seconds', '6', '--json'];
  const recorded = product.aico('bus', 'record', '-p', 'dice', '-o', file, ...watching);
  const tapped = product.aico('bus', 'tap', '-t', 'plugin.dice.>', ...watching);
  const rolls = setInterval(() => void session.turn(id, '/roll d1').catch(() => undefined), 500);
  const [{ stdout }] = await Promise.all([tapped, recorded]);
  clearInterval(rolls);

  const records = linesOf(stdout) as BusRecord[];
  expect(new Set(records.map(({ verb, sender, topic }) => `${sender} ${verb} ${topic}`))).toEqual(
    new Set(['chat request plugin.dice.command.run.v1', 'dice reply plugin.dice.command.run.v1']),
  );
  const [head, ...lines] = linesOf(await readFile(file, 'utf8'));
  expect(head).toMatchObject({ recording: 1, plugin: 'dice', version: '0.1.0' });
  expect(lines).toContainEqual(expect.objectContaining({ sender: 'dice', verb: 'reply', receivers: ['chat'] }));
  expect(await product.aico('bus', 'record', '-p', 'dice', '-o', file)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('dice.jsonl'),
  });

  const stats = JSON.parse((await product.aico('bus', 'stats', '--json')).stdout) as BusStats;
  const roll = stats.topics.find(({ topic }) => topic === 'plugin.dice.command.run.v1');
  expect(roll).toMatchObject({ server: 'dice', refused: 0, latency: { count: roll?.messages } });
  const { stdout: topics } = await product.aico('bus', 'topics');
  expect(topics).toMatch(/^plugin\.dice\.command\.run\.v1 +request +dice$/m);
  expect(topics).toMatch(/^chat\.turn\.run\.v1 +stream +chat$/m);
}, 120_000);
