import { expect, test } from 'vitest';
import { Browser } from './support/browser.ts';
import { openHouse } from './support/house.ts';

test('pictures of plugins are for who is signed in, and for names that a plugin can have [SEC-4]', async () => {
  await using house = await openHouse();
  expect((await new Browser(house).ask('GET', '/gallery-pictures/habits')).status).toBe(401);
  const browser = await Browser.signedIn(house);
  const asked = ['/gallery-pictures/habits', '/gallery-pictures/..%2Fhabits', '/gallery-pictures/Habits.png'];
  const answers = await Promise.all(asked.map((path) => browser.ask('GET', path)));
  // The kernel of the test has no gallery.
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  expect(answers[0]?.text).toContain('KERNEL_OFFER_UNKNOWN');
  expect(answers[1]?.text).toContain('GATEWAY_ROUTE_UNKNOWN');
});
