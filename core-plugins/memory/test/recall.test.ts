import { expect, test } from 'vitest';
import { loadEmbeddingModel } from '../src/embedding-model.ts';
import memoryPlugin from '../src/index.ts';
import { createMemoryKernel, eventually } from './memory-kernel.ts';

const TOLD = [
  'My dog is called Biscuit.',
  'I work as a nurse in a hospital in Leeds.',
  'My sister Anna lives in Berlin.',
  "I'm allergic to peanuts.",
  'I love hiking in the mountains on weekends.',
  'My birthday is on the 3rd of March.',
  'Today was stressful, my boss shouted at me.',
  "I'm learning to play the cello.",
  'My favourite colour is green.',
  'I have an appointment with the dentist on Tuesday at 10.',
  'I am planning a trip to Japan next spring.',
  'My name is Sam.',
  'What is the capital of France?',
  'How do I boil an egg?',
];

/** What is asked, and what has to be among the first three. */
const ABOUT: readonly (readonly [string, string])[] = [
  ["What is my dog's name?", 'Biscuit'],
  ['What do you know about my pet?', 'Biscuit'],
  ['Do you remember what I do for a living?', 'nurse'],
  ['Where does my sister live?', 'Berlin'],
  ['Which foods should I avoid?', 'peanuts'],
  ['When was I born?', 'March'],
  ['What instrument do I play?', 'cello'],
  ['What colour do I like most?', 'green'],
  ['When do I see the dentist?', 'Tuesday'],
  ['Which country will I visit?', 'Japan'],
  ['my name is', 'Sam'],
];

const UNRELATED = [
  "What's the weather like today?",
  'Write a poem about the sea',
  'How many legs does a spider have?',
  'Hello, how are you?',
  'What is 2 plus 2?',
  'Explain quantum computing',
  'Tell me a joke',
  'Thanks!',
  'Can you help me with my homework?',
  'What time is it?',
  'Who won the world cup in 2010?',
  'Good morning',
  'What is the capital of France?',
];

test('recalls by the real model what a question is about, and nothing for what is unrelated [COMP]', {
  timeout: 60_000,
}, async () => {
  const memory = await createMemoryKernel();
  await memory.load(memoryPlugin);
  for (const text of TOLD) await memory.say(text);
  const recall = (text: string) => memory.user.bus.request('memory.recall.v1', { text });
  const textsOf = async (text: string) => (await recall(text)).hits.map(({ memory }) => memory.text);
  await eventually(async () => (await textsOf('Which foods should I avoid?')).length > 0, 40_000);
  await eventually(async () => (await textsOf('Which country will I visit?')).length > 0);

  const missed: string[] = [];
  for (const [question, word] of ABOUT) {
    const [first = '', second = '', third = ''] = await textsOf(question);
    if (![first, second, third].some((text) => text.includes(word)))
      missed.push(`${question} → ${first} | ${second} | ${third}`);
  }
  expect(missed).toEqual([]);
  const found: string[] = [];
  for (const text of UNRELATED) found.push(...(await textsOf(text)).map((hit) => `${text} → ${hit}`));
  expect(found).toEqual([]);

  const both = await recall("What is my dog's name?");
  expect(both.degraded).toBeUndefined();
  expect(both.hits[0]).toMatchObject({ memory: { text: 'My dog is called Biscuit.' }, by: ['meaning', 'words'] });
  expect(await textsOf('What do you know about me?')).toHaveLength(6);
  expect(await textsOf('Did I ask you about eggs?')).toContain('How do I boil an egg?');
});

test('the model can be unloaded and loaded again, and gives the same [COMP]', { timeout: 60_000 }, async () => {
  const listeners = () => [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')];
  const before = listeners();
  const first = await loadEmbeddingModel();
  const [vector] = await first.embed(['My dog is called Biscuit.']);
  expect(vector?.length).toBe(512);
  expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 4);
  first.unload();
  await expect(first.embed(['again'])).rejects.toThrow('unloaded');
  const second = await loadEmbeddingModel();
  const [again] = await second.embed(['My dog is called Biscuit.']);
  expect([...(again ?? [])].every((value, at) => Math.abs(value - (vector?.[at] ?? 9)) < 1e-5)).toBe(true);
  second.unload();
  expect(listeners()).toEqual(before);
});
