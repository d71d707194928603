import type { Permission } from '@aico/schemas';
import { expect, test } from 'vitest';
import { findMissingPermissions, findUsedTopics } from '../../src/author/used-topics.ts';

const SOURCE = `export default definePlugin({
  async activate({ bus }) {
    await bus.serve('plugin.hello.command.run.v1', answer);
    await bus
      .request("storage.kv.get.v1", {});
    ctx.bus.stream(\`llm.generate.v1\`, {});
    other.request('memory.recall.v1', {});
    bus.publish(topic, {});
  },
});`;

test('calls on the bus are found with their verb and place; a stream is a request [PLG-9]', () => {
  expect(findUsedTopics('src/index.ts', SOURCE)).toEqual([
    { verb: 'serve', topic: 'plugin.hello.command.run.v1', place: 'src/index.ts:3:11' },
    { verb: 'request', topic: 'storage.kv.get.v1', place: 'src/index.ts:4:11' },
    { verb: 'request', topic: 'llm.generate.v1', place: 'src/index.ts:6:9' },
  ]);
});

test('what is commented out is no call, and a text that looks like a comment hides none [PLG-9]', () => {
  const source = [
    "// bus.request('memory.recall.v1', {});",
    "/* bus.publish('chat.message.created.v1', {});",
    "*/ bus.request('storage.kv.get.v1', { key: 'http://' }); bus.request('storage.kv.set.v1', {});",
  ].join('\n');
  expect(findUsedTopics('src/index.ts', source).map(({ topic, place }) => `${place} ${topic}`)).toEqual([
    'src/index.ts:3:4 storage.kv.get.v1',
    'src/index.ts:3:58 storage.kv.set.v1',
  ]);
});

test('a call is missing a permission unless one of its verb holds its topic [PLG-9, PLG-2]', () => {
  const permissions: Permission[] = [
    { verb: 'serve', topic: 'plugin.hello.>', reason: 'x' },
    { verb: 'subscribe', topic: 'storage.kv.get.v1', reason: 'x' },
  ];
  const missing = findMissingPermissions(findUsedTopics('src/index.ts', SOURCE), permissions);
  expect(missing.map(({ message }) => message)).toEqual([
    'src/index.ts:4:11 needs to request storage.kv.get.v1, which plugin.json does not ask for.',
    'src/index.ts:6:9 needs to request llm.generate.v1, which plugin.json does not ask for.',
  ]);
});

test('a slip of the pen is told as one, and not as a permission to add [PLG-9]', () => {
  const slip = "bus.consume('chat.mesage.created.v1', {}, keep); bus.serveStream('llm.generate.v1', answer);";
  const missing = findMissingPermissions(findUsedTopics('src/index.ts', slip), []);
  expect(missing.map(({ message }) => message)).toEqual([
    'src/index.ts:1:1 speaks of chat.mesage.created.v1, which is no topic; the nearest is chat.message.created.v1.',
    'src/index.ts:1:50 needs to serve llm.generate.v1, which plugin.json does not ask for.',
  ]);
});
