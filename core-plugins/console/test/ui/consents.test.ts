import { expect, test, vi } from 'vitest';
import type { Bus } from '../../ui/src/api/bus.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();

test('a consent that runs out, or is taken back elsewhere, is shown so while the page is looked at [SEC-8, UI-2]', async () => {
  const { Consents } = await import('../../ui/src/consents/consents.svelte.ts');
  let granted = true;
  const heard = new Map<string, () => void>();
  const bus = {
    request: async () => ({ consents: [{ id: 'dice', granted }] }),
    subscribe: (topic: string, handler: () => void) => {
      heard.set(topic, handler);
      return () => void heard.delete(topic);
    },
  };
  const consents = new Consents(bus as unknown as Bus);
  await consents.load();
  const leave = consents.follow();
  granted = false;
  heard.get('kernel.plugin.changed.v1')?.();
  await vi.waitFor(() => expect(consents.list).toEqual([{ id: 'dice', granted: false }]));
  leave();
  expect(heard.size).toBe(0);
});
