import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS, SocketSiege } from '../support/sockets/socket-siege.ts';

describe.skipIf(process.platform === 'win32')("at a kernel's real sockets", () => {
  let siege: SocketSiege;
  beforeAll(async () => {
    siege = await SocketSiege.open();
  });
  afterAll(() => siege[Symbol.asyncDispose]());

  test.for(ATTACKS)(
    '$title: the kernel lives and every request of others is answered [BUS-1, PLG-3]',
    async (attack) => {
      const { attacks } = await siege.under(attack, 100);
      expect(attacks).toBeGreaterThan(0);
      await siege.ask(20);
    },
  );

  test('each attack is one of its own', () => {
    expect(new Set(ATTACKS.map(({ title }) => title)).size).toBe(ATTACKS.length);
  });
});
