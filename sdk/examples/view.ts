import { definePlugin } from '@aico/sdk';
import type { View } from '@aico/sdk/view';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  permissions: [
    SERVE_COMMAND,
    { verb: 'serve', topic: 'plugin.example.view.ask.v1', reason: 'To count for its view in the app.' },
  ],
  contributes: { views: [{ id: 'counter', title: 'Counter', icon: 'star', entry: 'views/counter.html' }] },
};

/** Answers its own view. What a view sends is to be checked like anything that comes from outside. */
export default definePlugin({
  async activate({ bus }) {
    let count = 0;
    await bus.serve('plugin.example.view.ask.v1', ({ data: { name, data } }) => {
      if (name === 'add' && typeof data === 'number') count += data;
      return { data: count };
    });
    await bus.serve('plugin.example.command.run.v1', () => ({ text: `It stands at ${count}.` }));
  },
});

/** What a script of views/counter.html does; there, `view` is the global `aico`. */
export async function showCount(view: View, output: { textContent: string | null }): Promise<void> {
  output.textContent = (await view.ask<number>('add', 1)).toLocaleString(view.surroundings.locale);
}
