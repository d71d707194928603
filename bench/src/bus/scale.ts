import type { Scenario } from './scenario.ts';
import { prepareFlow } from './throughput.ts';

const FLOW = { publishers: 1, subscribers: 1, messages: 100_000 } as const;

/** What more rules and more peers cost: throughput with many of them over throughput with one. */
export const scaleScenarios: readonly Scenario[] = [
  ratio('bus.scale.subscriptions.100', { subscriptions: 100, peers: 1 }),
  ratio('bus.scale.subscriptions', { subscriptions: 10_000, peers: 1 }),
  ratio('bus.scale.peers.10', { subscriptions: 1, peers: 10 }),
  ratio('bus.scale.peers.100', { subscriptions: 1, peers: 100 }),
];

function ratio(name: string, crowd: { readonly subscriptions: number; readonly peers: number }): Scenario {
  return {
    figures: [[name, 'ratio']],
    prepare: async (open) => {
      const alone = await prepareFlow(await open(), FLOW);
      const stage = await open();
      const crowded = await prepareFlow(stage, FLOW);
      const others = await stage.peer('crowd', '>', crowd.peers);
      others.tell({ type: 'subscribe', count: crowd.subscriptions });
      await others.hear('ready');
      return async () => {
        const [one, many] = [await alone(), await crowded()];
        return [many / one];
      };
    },
  };
}
