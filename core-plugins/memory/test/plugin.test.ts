import { randomUUID } from 'node:crypto';
import { definePlugin, type PluginDefinition } from '@aico/sdk';
import { expect, test } from 'vitest';
import { DIMENSIONS, type EmbeddingModel } from '../src/embedding-model.ts';
import { serveMemory } from '../src/serve-memory.ts';
import { stemOf, wordsOf } from '../src/words.ts';
import { createMemoryKernel, eventually, forget, type MemoryKernel, messageOf } from './memory-kernel.ts';

/** A model without meanings, which loads at once: equal words are near. The real one is in recall.test.ts. */
const wordModel = (): EmbeddingModel & { unloaded: number } => ({
  unloaded: 0,
  embed: async (texts) => texts.map(wordVector),
  unload() {
    this.unloaded += 1;
  },
});
const withModel = (load: () => Promise<EmbeddingModel>): PluginDefinition =>
  definePlugin({ activate: (ctx) => serveMemory(ctx, load) });
const withoutModel = withModel(() => Promise.reject(new Error('no model in this test')));

test('remembers what the user says, and nothing else [COMP] [DATA-5]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(withoutModel);
  const said = await memory.say('My dog is called Biscuit.');
  await memory.say('Biscuit is a lovely name!', { role: 'companion' });
  await memory.say('/roll 2d6');
  await memory.say('You rolled 7.', { role: 'plugin', plugin: 'dice' });
  await memory.say('half a reply', { role: 'companion', status: 'stopped' });
  await memory.say('My sister lives in Berlin.');
  const page = await eventually(async () => withCount(await list(memory), 2));
  expect(page.memories.map(({ text }) => text)).toEqual(['My sister lives in Berlin.', 'My dog is called Biscuit.']);
  expect(page.memories[1]).toMatchObject({ source: { conversation: said.conversation, message: said.id } });
  expect(new Date(page.memories[1]?.when ?? '').getTime()).toBe(new Date(said.createdAt).getTime());
});

test('recalls by words while there is no model, and says so [COMP]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(withoutModel);
  await memory.say('My dog is called Biscuit.');
  await memory.say('My sister lives in Berlin.');
  const asked = await memory.say("What is my dog's name?");
  await eventually(async () => withCount(await list(memory), 3));
  const recall = (text: string) => memory.user.bus.request('memory.recall.v1', { text, excludeMessage: asked.id });
  expect(await recall("What is my dog's name?")).toMatchObject({
    hits: [{ memory: { text: 'My dog is called Biscuit.' }, by: ['words'] }],
    degraded: true,
  });
  expect((await recall('Is it far to Berlin?')).hits.map(({ memory }) => memory.text)).toEqual([
    'My sister lives in Berlin.',
  ]);
  expect(await recall('What is the weather like?')).toEqual({ hits: [], degraded: true });
});

test('tells whoever asks no more than their grant goes, which the kernel stamps on the question [SEC-8]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(withoutModel);
  await memory.say('My dog is called Biscuit.');
  await memory.say('My dog loves cheese.');
  await eventually(async () => withCount(await list(memory), 2));
  const hits = async (id: string, constraints: object): Promise<number> => {
    const { bus } = await memory.kernel.peer({
      id,
      permissions: [{ verb: 'request', topic: 'memory.recall.v1', constraints: { ...constraints } }],
    });
    return (await bus.request('memory.recall.v1', { text: 'What about my dog?', limit: 50 })).hits.length;
  };
  expect(await hits('free', {})).toBe(2);
  expect(await hits('narrow', { most: 1 })).toBe(1);
});

test('catches up with what was said while it was away, from where it had come to [COMP] [SVC-7]', async () => {
  const memory = await createMemoryKernel();
  for (let index = 0; index < 120; index += 1) memory.messages.push(messageOf(`Number ${index} is a fact of mine.`));
  await memory.load(withoutModel);
  await eventually(async () => withCount(await list(memory), 120));
  await memory.kernel.unload('memory');
  for (let index = 120; index < 180; index += 1) memory.messages.push(messageOf(`Number ${index} is a fact of mine.`));
  await memory.load(withoutModel);
  const page = await eventually(async () => withCount(await list(memory), 180));
  expect(page.memories[0]?.text).toBe('Number 179 is a fact of mine.');
});

test('what was said at one moment comes once and whole, wherever a page ends, also when some of it goes meanwhile [DATA-7]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(withoutModel);
  const createdAt = new Date().toISOString();
  for (const fact of ['one', 'two', 'three', 'four', 'five', 'six', 'seven'])
    await memory.say(`Biscuit knows fact ${fact}.`, { createdAt, conversation: randomUUID() });
  await memory.say('Biscuit is a dog.');
  const { total } = await eventually(async () => withCount(await list(memory), 8));
  for (const query of ['', 'biscuit']) {
    for (let limit = 1; limit < total; limit += 1) {
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const from = before === undefined ? {} : { before };
        const page = await memory.user.bus.request('memory.list.v1', { query, limit, ...from });
        seen.push(...page.memories.map(({ id }) => id));
        before = page.next;
      } while (before !== undefined);
      const all = await memory.user.bus.request('memory.list.v1', { query });
      expect(seen).toEqual(all.memories.map(({ id }) => id));
    }
  }
  const first = await memory.user.bus.request('memory.list.v1', { limit: 3 });
  const rest = (await list(memory)).memories.slice(3).map(({ id }) => id);
  await forget(memory, { memories: first.memories.map(({ id }) => id) });
  const next = await memory.user.bus.request('memory.list.v1', { before: first.next ?? '' });
  expect(next.memories.map(({ id }) => id)).toEqual(rest);
});

test('lists page by page, by words, and forgets for good [DATA-7]', async () => {
  const memory = await createMemoryKernel();
  await memory.load(withoutModel);
  for (const text of ['Biscuit loves cheese.', 'My car is blue.', 'Biscuit hates the rain.']) await memory.say(text);
  await eventually(async () => withCount(await list(memory), 3));
  const first = await memory.user.bus.request('memory.list.v1', { limit: 2 });
  expect(first).toMatchObject({
    total: 3,
    memories: [{ text: 'Biscuit hates the rain.' }, { text: 'My car is blue.' }],
  });
  const rest = await memory.user.bus.request('memory.list.v1', { limit: 2, before: first.next ?? '' });
  expect(rest.memories.map(({ text }) => text)).toEqual(['Biscuit loves cheese.']);
  expect(rest.next).toBeUndefined();
  const found = await memory.user.bus.request('memory.list.v1', { query: 'biscuits' });
  expect(found.total).toBe(2);

  const [hates] = found.memories;
  const order = { memories: [hates?.id ?? ''] };
  expect([await forget(memory, order), await forget(memory, order)]).toEqual([1, 0]);
  expect((await memory.user.bus.request('memory.list.v1', { query: 'rain' })).total).toBe(0);
  // Reading the conversations again does not bring it back.
  await memory.kernel.unload('memory');
  await memory.load(withoutModel);
  await memory.say('One more thing about me.');
  await eventually(async () => withCount(await list(memory), 3));
  expect((await list(memory)).memories.map(({ text }) => text)).not.toContain('Biscuit hates the rain.');
});

test('keeps what the model made of memories, and reads it back at the next start [COMP]', async () => {
  const memory = await createMemoryKernel();
  const model = wordModel();
  await memory.load(withModel(async () => model));
  await memory.say('My dog is called Biscuit.');
  await memory.say('Biscuit is my dog and he is old.');
  const recall = () => memory.user.bus.request('memory.recall.v1', { text: 'my old dog' });
  const byMeaning = async () => {
    const { hits, degraded } = await recall();
    return !degraded && hits.length === 2 && hits.every(({ by }) => by.includes('meaning')) && hits;
  };
  await eventually(byMeaning);
  await memory.kernel.unload('memory');
  expect(model.unloaded).toBe(1);
  let embedded = 0;
  await memory.load(
    withModel(async () => ({
      embed: async (texts) => {
        embedded += texts.length;
        return texts.map(wordVector);
      },
      unload: () => {},
    })),
  );
  await eventually(byMeaning);
  const before = embedded;
  const [best] = (await recall()).hits;
  expect(embedded - before).toBe(1);
  await forget(memory, { memories: [best?.memory.id ?? ''] });
  expect((await recall()).hits.map(({ memory }) => memory.id)).not.toContain(best?.memory.id);
});

test('finds by meaning what an earlier version kept in its own table, and asks no model for it again [COMP] [DATA-1]', async () => {
  const memory = await createMemoryKernel();
  const texts = ['My dog is called Biscuit.', 'My sister lives in Berlin.', 'I read about boats.'];
  const statements = texts.map((text, at) => ({
    sql: `insert into memory (id, text, said_at, conversation, message, part, asks, embedding)
          values (?1, ?2, ?3, ?1, ?1, 0, 0, ?4)`,
    values: [randomUUID(), text, `2026-01-0${at + 1}T00:00:00.000000Z`, at === 2 ? null : blobOf(text)],
  }));
  const earlier = definePlugin({
    activate: async ({ storage }) => {
      await storage.migrate(memory.migrations.slice(0, 1));
      await storage.batch(statements);
    },
  });
  await memory.load(earlier);
  await memory.kernel.unload('memory');
  const embedded: string[] = [];
  const model = wordModel();
  const embed = async (asked: readonly string[]) => {
    embedded.push(...asked);
    return model.embed(asked);
  };
  await memory.load(withModel(async () => ({ embed, unload: () => {} })));
  const byMeaning = async (text: string) => {
    const { hits } = await memory.user.bus.request('memory.recall.v1', { text });
    return hits.filter(({ by }) => by.includes('meaning')).map((hit) => hit.memory.text);
  };
  await eventually(async () => (await byMeaning('my dog Biscuit')).includes('My dog is called Biscuit.'));
  await eventually(async () => (await byMeaning('my sister in Berlin')).includes('My sister lives in Berlin.'));
  await eventually(async () => (await byMeaning('I read of boats')).includes('I read about boats.'));
  expect(embedded.filter((text) => texts.includes(text))).toEqual(['I read about boats.']);
});

function blobOf(text: string): { base64: string } {
  return { base64: Buffer.from(wordVector(text).buffer).toString('base64') };
}

function list(memory: MemoryKernel) {
  return memory.user.bus.request('memory.list.v1', {});
}

function withCount<Page extends { total: number }>(page: Page, count: number): Page | undefined {
  return page.total === count ? page : undefined;
}

function wordVector(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const word of wordsOf(text).map(stemOf)) {
    const hash = [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
    vector[hash % DIMENSIONS] = 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
