import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = { permissions: [SERVE_COMMAND] };

/** Doors that somebody has to close again. */
export const open: Set<string> = new Set();

/** Whatever begins has its end beside it. Ends run at unload, the last begun first, or earlier when called. */
export default definePlugin({
  async activate({ bus, effect }) {
    const enter = (room: string) =>
      effect(() => {
        open.add(room);
        return () => {
          open.delete(room);
        };
      });
    enter('hall');
    const leaveKitchen = enter('kitchen');
    await bus.serve('plugin.example.command.run.v1', async () => {
      await leaveKitchen();
      return { text: [...open].join(', ') };
    });
  },
});
