import { Buffer } from 'node:buffer';
import { isBuiltin, type LoadHookSync, type ResolveHookSync, registerHooks } from 'node:module';
import { AicoError, type Manifest } from '@aico/schemas';
import { trustedRoot } from '../plugin-address.ts';

export interface PluginModules {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Folder whose node_modules the plugin's packages come from. */
  readonly installFolder: string;
}

/**
 * Loads a plugin from its verified bytes; its files never exist on disk for Node. Their addresses lie in a folder that
 * does not exist inside the install, so that packages resolve from there and `createRequire(import.meta.url)` works.
 */
export async function loadPlugin(modules: PluginModules): Promise<{ readonly default?: unknown }> {
  const { manifest, files, installFolder } = modules;
  const root = trustedRoot(installFolder, manifest.id);
  const packages = manifest.process?.packages ?? [];
  const fileAt = (url: string): Uint8Array | undefined =>
    url.startsWith(root) ? files.get(decodeURIComponent(url.slice(root.length).replace(/[?#].*$/, ''))) : undefined;

  const resolve: ResolveHookSync = (specifier, context, next) => {
    if (context.parentURL?.startsWith(root) !== true || isBuiltin(specifier)) return next(specifier, context);
    if (/^\.{0,2}\//.test(specifier)) {
      const url = new URL(specifier, context.parentURL).href;
      if (fileAt(url) !== undefined) return { url, format: 'module', shortCircuit: true };
    } else if (packages.includes(packageOf(specifier))) {
      return next(specifier, context);
    }
    throw new AicoError('SANDBOX_IMPORT_DENIED', { subject: manifest.id, details: { specifier } });
  };
  const load: LoadHookSync = (url, context, next) => {
    const bytes = fileAt(url);
    if (bytes === undefined) return next(url, context);
    return { format: 'module', source: Buffer.from(bytes), shortCircuit: true };
  };
  const main = new URL(manifest.main, root).href;
  if (fileAt(main) === undefined) {
    throw new AicoError('SANDBOX_CODE_INVALID', {
      subject: manifest.id,
      details: { problem: `${manifest.main} is missing` },
    });
  }
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === main ? { url: main, format: 'module', shortCircuit: true } : resolve(specifier, context, next),
    load,
  });
  return (await import(main)) as { readonly default?: unknown };
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
