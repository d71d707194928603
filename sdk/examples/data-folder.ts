import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definePlugin } from '@aico/sdk';
import { type ExampleManifest, SERVE_COMMAND } from './example-manifest.ts';

export const manifest: ExampleManifest = {
  tier: 'trusted',
  process: { files: [{ path: '$data', mode: 'readWrite' }] },
  permissions: [SERVE_COMMAND],
};

/** A trusted plugin with a file grant has a folder of its own, and sees no other. Its files are not encrypted for it. */
export default definePlugin({
  async activate({ bus, dataFolder }) {
    if (dataFolder === undefined) throw new Error('plugin.json asks for $data, so there is a folder.');
    await mkdir(dataFolder, { recursive: true });
    const file = join(dataFolder, 'last.txt');
    await bus.serve('plugin.example.command.run.v1', async ({ data }) => {
      const before = await readFile(file, 'utf8').catch(() => 'nothing');
      await writeFile(file, data.arguments);
      return { text: `Before that: ${before}` };
    });
  },
});
