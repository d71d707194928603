import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PackageRegistry, packageFileName, readPackageFile } from '@aico/registry';
import { AicoError, isAicoError, type PluginInfo } from '@aico/schemas';
import { openAuthorKey } from '../../author/author-key.ts';
import { buildPackage } from '../../author/build-package.ts';
import { installFolders } from '../../install-folders.ts';
import { type CommandBus, withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { agreeToSigner, installPackage, type PackageBytes } from '../install-package.ts';
import { askRefusals } from '../permission-choice.ts';
import { pluginInfoText } from './plugin-text.ts';

/** An id, and maybe a version. */
const GALLERY_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*(@[^/\\]+)?$/;

export interface InstallOptions {
  /** The folder of a registry; what is installed is then an id, or an id and a version: `hello@0.1.0`. */
  readonly registry?: string;
  /** The fingerprint of a key to trust without being asked. */
  readonly trust?: string;
}

/** `aico plugin install <what>`: a package file, a plugin's folder, or a published plugin. */
export async function runPluginInstall(
  context: CommandContext,
  options: InstallOptions,
  what: string,
): Promise<number> {
  const plugin = await withBus(context.folders, async (bus) => {
    const { agreed, ...found } = await find(what, options);
    await agreeToSigner(
      context,
      found,
      options.trust === undefined ? agreed : [options.trust.toLowerCase(), ...agreed],
    );
    const installed = await installPackage(bus, found);
    if (installed.update !== undefined) return installed;
    return narrow(context, bus, installed);
  });
  const text = pluginInfoText(plugin, context.powers.colors.out);
  if (plugin.update !== undefined) {
    context.answer(plugin, `${text}\nVersion ${plugin.version} runs on until you answer.`);
    return EXIT.done;
  }
  const next = plugin.enabled ? '' : `\nSwitch it on with: aico plugin enable ${plugin.id}`;
  context.answer(plugin, `${text}\nInstalled.${next}`);
  return EXIT.done;
}

/** Lets the user refuse parts of what was installed; who breaks off has not installed it. */
async function narrow(context: CommandContext, bus: CommandBus, installed: PluginInfo): Promise<PluginInfo> {
  const { id, permissions } = installed;
  try {
    const decisions = await askRefusals(context, permissions);
    return decisions.length === 0 ? installed : await bus.request('kernel.permission.decide.v1', { id, decisions });
  } catch (error) {
    await bus.request('kernel.plugin.uninstall.v1', { id });
    throw error;
  }
}

/** A slip in the path would otherwise look like a registry that holds nothing. @throws AicoError REGISTRY_INDEX_INVALID */
function assertRegistry(folder: string): void {
  const subject = join(folder, 'index.json');
  if (existsSync(subject)) return;
  throw new AicoError('REGISTRY_INDEX_INVALID', { subject, details: { problem: 'there is none' } });
}

/** The package, and the keys that need no question; a bare id that is no path is looked for in the gallery. */
async function find(what: string, { registry }: InstallOptions): Promise<PackageBytes & { agreed: readonly string[] }> {
  const inGallery = registry === undefined && GALLERY_ID.test(what) && !existsSync(resolve(what));
  if (registry !== undefined || inGallery) {
    const [id = '', version] = what.split('@', 2);
    if (registry !== undefined) assertRegistry(resolve(registry));
    const { published, content } = await new PackageRegistry(
      registry === undefined ? installFolders().gallery : resolve(registry),
    )
      .fetch(id, version)
      .catch((error: unknown) => {
        const isNowhere = inGallery && version === undefined && isAicoError(error, 'REGISTRY_VERSION_UNKNOWN');
        throw isNowhere ? new AicoError('AUTHOR_SOURCE_UNKNOWN', { subject: what, cause: error }) : error;
      });
    return { fileName: packageFileName(id, published.version), bytes: content, agreed: [] };
  }
  const path = resolve(what);
  if (!existsSync(path)) throw new AicoError('AUTHOR_SOURCE_UNKNOWN', { subject: what });
  if (!statSync(path).isDirectory())
    return { fileName: basename(path), bytes: await readPackageFile(path), agreed: [] };
  if (!existsSync(join(path, 'plugin.json'))) throw new AicoError('AUTHOR_FOLDER_NOT_PLUGIN', { subject: path });
  // Who builds a plugin signs it, with a key that this user alone can read.
  const { key } = await openAuthorKey();
  return { ...(await buildPackage(path, key)), agreed: [key.keyId] };
}
