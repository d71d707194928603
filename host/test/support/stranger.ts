import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSigningKey, formatTrustStore, packageFileName, packFiles, trustKey } from '@aico/registry';
import type { Manifest } from '@aico/schemas';

const CODE = `export default { async activate(ctx) { ctx.log.info('hello from a stranger'); } };\n`;

/** A stranger's signed plugin in a file. */
export interface Stranger {
  readonly file: string;
  /** Has the user of a data folder trust the stranger's key. */
  trustIn(home: string): void;
}

/** Packs a small isolated plugin of somebody else's. */
export function packStranger(folder: string, changes: Partial<Manifest> = {}): Stranger {
  const manifest: Manifest = {
    id: 'stranger',
    name: 'Stranger',
    version: '1.0.0',
    description: 'Says hello in its log.',
    author: 'Eve',
    tier: 'isolated',
    main: 'dist/bundle/index.js',
    engines: { aico: '>=0.1.0' },
    permissions: [],
    ...changes,
  };
  const key = createSigningKey();
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files = new Map([
    ['plugin.json', encode(JSON.stringify(manifest))],
    [manifest.main, encode(CODE)],
  ]);
  const file = join(folder, packageFileName(manifest.id, manifest.version));
  writeFileSync(file, packFiles(manifest, files, key));
  return {
    file,
    trustIn: (home) => writeFileSync(join(home, 'trust.json'), formatTrustStore([trustKey(key, 'Eve', ['isolated'])])),
  };
}
