import { checkPlugin } from '../../../author/check-plugin.ts';
import { linkPackages } from '../../../author/link-packages.ts';
import { pluginRoot } from '../../../author/plugin-root.ts';
import { installFolders } from '../../../install-folders.ts';
import type { CommandContext } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';
import { showProblems } from './problem-text.ts';

/** `aico plugin validate [folder]`: everything that is wrong with manifest and code, each with its rule and fix. */
export async function runPluginValidate(context: CommandContext, named: string): Promise<number> {
  const folder = pluginRoot(named);
  await linkPackages(folder, installFolders().root);
  const { manifest, problems } = await checkPlugin(folder);
  if (problems.length > 0) {
    showProblems(context, problems);
    return EXIT.failed;
  }
  const { id, version, permissions } = manifest ?? { id: folder, version: '', permissions: [] };
  const data = { id, version, permissions: permissions.length };
  context.answer(data, `${id} ${version} is valid: manifest, code and types.`);
  return EXIT.done;
}
