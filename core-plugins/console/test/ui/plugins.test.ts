import type { PluginState } from '@aico/sdk';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Bus } from '../../ui/src/api/bus.ts';
import { Plugins } from '../../ui/src/plugins/plugins.svelte.ts';

// Nothing is drawn here: state is what it holds.
const held = (value: unknown): unknown => value;
beforeAll(() => void vi.stubGlobal('$state', Object.assign(held, { raw: held })));
afterAll(() => void vi.unstubAllGlobals());

test('a plugin that sleeps or is being updated takes part, one that is off or failed does not [UI-1]', async () => {
  const states: PluginState[] = ['active', 'suspended', 'updating', 'stopped', 'quarantined'];
  const request = async () => ({ plugins: states.map((state) => ({ id: state, state })) });
  const plugins = new Plugins({ request, subscribe: () => () => {} } as unknown as Bus);
  await plugins.load();
  expect(plugins.answering.map(({ id }) => id)).toEqual(['active', 'suspended', 'updating']);
});
