import type { PluginState } from '@aico/sdk';
import { expect, test } from 'vitest';
import type { Bus } from '../../ui/src/api/bus.ts';
import { Plugins } from '../../ui/src/plugins/plugins.svelte.ts';
import { usePlainState } from '../support/plain-state.ts';

usePlainState();

test('a plugin that sleeps or is being updated takes part, one that is off or failed does not [UI-1]', async () => {
  const states: PluginState[] = ['active', 'suspended', 'updating', 'stopped', 'quarantined'];
  const request = async () => ({ plugins: states.map((state) => ({ id: state, state })) });
  const plugins = new Plugins({ request, subscribe: () => () => {} } as unknown as Bus, { named: (list) => list });
  await plugins.load();
  expect(plugins.answering.map(({ id }) => id)).toEqual(['active', 'suspended', 'updating']);
});
