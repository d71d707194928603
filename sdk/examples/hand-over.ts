import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

interface State {
  readonly asked: number;
}

let state: State = { asked: 0 };

/** What a plugin keeps in memory goes on when a newer version takes its place, in whatever shape that one keeps it. */
export default definePlugin({
  stateVersion: 2,
  async activate({ bus }, handedOver) {
    if (handedOver !== undefined) state = handedOver as State;
    await bus.serve('plugin.example.command.run.v1', () => {
      state = { asked: state.asked + 1 };
      return { text: `You asked ${state.asked} times.` };
    });
  },
  handOver: () => state,
  // Version 1 kept a bare number.
  migrate: (_from, asked) => ({ asked: Number(asked) }),
});
