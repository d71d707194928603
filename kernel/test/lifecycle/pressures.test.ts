import { DEFAULT_QUOTA } from '@aico/kernel';
import type { Notice, Pressure } from '@aico/schemas';
import { expect, test } from 'vitest';
import { Pressures } from '../../src/quota/pressures.ts';
import { FakeClock } from './fake-clock.ts';

const MINUTE = 60_000;

function open() {
  const clock = new FakeClock();
  const raised: Pressure[] = [];
  const notices: Notice[] = [];
  const pressures = new Pressures({
    clock,
    nameOf: (id) => id,
    onPressure: (pressure) => raised.push(pressure),
    onNotice: (notice) => notices.push(notice),
  });
  const steps = () => raised.map(({ id, resource, step }) => `${id} ${resource} ${step}`);
  return { clock, pressures, notices, steps };
}

test('what was refused for its size is shown until ten minutes after the last time, a rate for five seconds [PLG-3]', async () => {
  const { clock, pressures } = open();
  pressures.exceeded('guest', 'storageMb', 64);
  pressures.exceeded('guest', 'messagesPerSecond', 100);
  await clock.advance(6_000);
  expect(pressures.of('guest')).toMatchObject([{ resource: 'storage' }]);
  await clock.advance(9 * MINUTE);
  pressures.exceeded('guest', 'storageMb', 64);
  await clock.advance(9.5 * MINUTE);
  expect(pressures.of('guest')).toMatchObject([{ resource: 'storage' }]);
  await clock.advance(MINUTE);
  expect(pressures.of('guest')).toEqual([]);
});

test('a flood of what is refused is told once, on the bus and to the user [PLG-3]', async () => {
  const { clock, pressures, notices, steps } = open();
  for (let sent = 0; sent < 100_000; sent += 1) pressures.exceeded('guest', 'messageBytes', 1_024, 2_000 + sent);
  expect(pressures.of('guest')).toMatchObject([{ resource: 'message-size', used: 2_000, limit: 1_024 }]);
  expect([steps(), notices.length]).toEqual([['guest message-size throttled'], 1]);
  // Nor is one that stops and begins again told anew each time.
  pressures.drop('guest');
  for (let life = 0; life < 10; life += 1) {
    pressures.exceeded('guest', 'messageBytes', 1_024, 2_000);
    pressures.drop('guest');
  }
  expect(notices).toHaveLength(1);
  await clock.advance(11 * MINUTE);
  expect(pressures.of('guest')).toEqual([]);
  expect(steps()).not.toContain('guest message-size relieved');
});

test('another limit takes back what was told of the old one, and of no other limit or plugin [PLG-3]', () => {
  const { pressures, notices } = open();
  const quota = { ...DEFAULT_QUOTA, storageMb: 64 };
  pressures.exceeded('guest', 'storageMb', 64);
  pressures.exceeded('guest', 'subscriptions', DEFAULT_QUOTA.subscriptions);
  pressures.exceeded('other', 'storageMb', 64);
  pressures.review('guest', quota);
  expect(pressures.of('guest')).toHaveLength(2);
  pressures.review('guest', { ...quota, storageMb: 128 });
  expect(pressures.of('guest')).toMatchObject([{ resource: 'subscriptions' }]);
  expect(pressures.of('other')).toHaveLength(1);
  pressures.exceeded('guest', 'storageMb', 128);
  expect(notices.map(({ message }) => message).filter((message) => message.includes('128 MB'))).toHaveLength(1);
});
