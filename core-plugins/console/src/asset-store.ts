import { AicoError, type Asset, type Assets } from '@aico/sdk';
import { toBase64 } from './base64.ts';
import { contentTypeOf } from './content-type.ts';
import { fingerprint } from './fingerprint.ts';

/** Where the built app lies in the package. */
const FOLDER = 'ui/';

/** Answers for the files under ui/. */
export interface AssetStore {
  /** @throws AicoError CONSOLE_ASSET_MISSING when the package has no such file */
  get(path: string): Asset;
}

/** Serves the package's own files. Each is encoded once: they cannot change while the plugin runs. */
export function createAssetStore(assets: Assets): AssetStore {
  const encoded = new Map<string, Asset>();
  return {
    get(path) {
      const name = nameOf(path);
      const known = encoded.get(name);
      if (known) return known;
      const bytes = assets.paths.includes(FOLDER + name) ? assets.read(FOLDER + name) : undefined;
      if (!bytes) throw new AicoError('CONSOLE_ASSET_MISSING', { subject: name });
      const asset: Asset = {
        path: name,
        contentType: contentTypeOf(name),
        encoding: 'base64',
        body: toBase64(bytes),
        etag: `"${fingerprint(bytes)}"`,
      };
      encoded.set(name, asset);
      return asset;
    },
  };
}

/** The path below ui/, whether it was asked for as "/index.html", "index.html" or "ui/index.html". */
function nameOf(path: string): string {
  const relative = path.replace(/^\/+/, '');
  return relative.startsWith(FOLDER) ? relative.slice(FOLDER.length) : relative;
}
