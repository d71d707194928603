import { expect, test } from 'vitest';
import { SharedLock } from '../src/shared-lock.ts';

test('who has it alone waits for those who share it, and those who come later wait for that', async () => {
  const lock = new SharedLock();
  const told: string[] = [];
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const shared = [first, second].map((gate, at) =>
    lock.shared(async () => {
      told.push(`shared ${at} begins`);
      await gate.promise;
      told.push(`shared ${at} ends`);
    }),
  );
  const alone = lock.alone(async () => {
    told.push('alone');
    throw new Error('it fails');
  });
  const later = [lock.shared(async () => void told.push('later')), lock.alone(async () => void told.push('last'))];
  second.resolve();
  await shared[1];
  first.resolve();
  await expect(alone).rejects.toThrow('it fails');
  await Promise.all(later);
  expect(told).toEqual([
    ...['shared 0 begins', 'shared 1 begins', 'shared 1 ends', 'shared 0 ends', 'alone', 'later', 'last'],
  ]);
});
