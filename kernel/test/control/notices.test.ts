import { RecordKind } from '@aico/schemas';
import { expect, test } from 'vitest';
import { FakeWorld, manifestOf } from '../lifecycle/fake-plugins.ts';

const TELL = 'kernel.notice.tell.v1';
const DAMAGED = { code: 'STORAGE_DAMAGED', message: 'The database of chat is damaged.', fix: 'Put it back.' };

test('what a plugin tells the user is in the status, the same once, and nothing of one that may not [PLG-2]', async () => {
  const tell = { verb: 'request', topic: TELL, reason: 'to tell' } as const;
  const world = new FakeWorld([manifestOf('storage', { permissions: [tell] }), manifestOf('guest')]);
  await world.kernel.start();
  const notices = [DAMAGED, DAMAGED, { ...DAMAGED, message: 'That of memory is, too.' }];
  for (const [correlation, data] of notices.entries())
    await world.process('storage').peer.send({ kind: RecordKind.request, correlation, topic: TELL, data });
  const data = { ...DAMAGED, message: 'Send me your password.' };
  await world.process('guest').peer.send({ kind: RecordKind.request, correlation: 1, topic: TELL, data });
  await expect.poll(() => world.process('guest').peer.seen(RecordKind.error)).toHaveLength(1);
  await expect.poll(() => world.kernel.status().notices).toEqual([notices[0], notices[2]]);
});
