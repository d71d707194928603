import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  needs: ['vault.unlocked'],
  permissions: [
    SERVE_COMMAND,
    { verb: 'request', topic: 'blob.write.v1', reason: 'To keep the pictures that it draws.' },
    { verb: 'request', topic: 'blob.finish.v1', reason: 'To keep the pictures that it draws.' },
    { verb: 'request', topic: 'blob.abort.v1', reason: 'To give up a picture that was not finished.' },
    { verb: 'request', topic: 'blob.read.v1', reason: 'To show a picture again.' },
    { verb: 'request', topic: 'blob.stat.v1', reason: 'To know how large a picture is.' },
    { verb: 'request', topic: 'blob.list.v1', reason: 'To list its pictures.' },
    { verb: 'request', topic: 'blob.delete.v1', reason: 'To delete a picture.' },
  ],
};

/** Draws stripes a row at a time: `draw 3`, `show <id>`, `top <id>`, `drop <id>`, or nothing to list. */
export default definePlugin({
  async activate({ bus, blobs }) {
    async function* rows(count: number): AsyncGenerator<Uint8Array> {
      for (let row = 0; row < count; row += 1) yield new TextEncoder().encode(`${'▀▄'.repeat(8)}\n`);
    }
    const text = async (id: string, end?: number): Promise<string> => {
      const bytes: number[] = [];
      for await (const piece of blobs.read(id, end === undefined ? {} : { end })) bytes.push(...piece);
      return new TextDecoder().decode(Uint8Array.from(bytes));
    };
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const [verb, id = ''] = data.arguments.split(' ');
      if (verb === 'draw') return { text: (await blobs.write(rows(Number(id)))).id };
      if (verb === 'top') return { text: await text(id, 49) };
      if (verb === 'drop') return { text: (await blobs.delete(id)) ? 'Dropped.' : 'There is no such picture.' };
      if (verb === 'show') {
        const found = await blobs.stat(id);
        return { text: found === undefined ? 'There is no such picture.' : `${found.size} bytes:\n${await text(id)}` };
      }
      const page = await blobs.list();
      return { text: `${page.blobs.length} pictures` };
    });
  },
});
