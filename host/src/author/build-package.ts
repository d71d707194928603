import { type PackedPlugin, packPlugin, type SigningKey } from '@aico/registry';
import { type BundleOptions, bundlePlugin } from '@aico/registry/bundle';

/** Bundles, packs and signs the plugin of a folder. @throws AggregateError or AicoError of what is wrong with it */
export async function buildPackage(
  folder: string,
  key: SigningKey,
  options: BundleOptions = {},
): Promise<PackedPlugin> {
  await bundlePlugin(folder, options);
  return packPlugin(folder, key);
}
