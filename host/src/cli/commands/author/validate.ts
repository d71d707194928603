import { type AicoError, isAicoError } from '@aico/schemas';
import { checkPlugin } from '../../../author/check-plugin.ts';
import { linkPackages } from '../../../author/link-packages.ts';
import { pluginRoot } from '../../../author/plugin-root.ts';
import { refuseTakenId } from '../../../author/taken-id.ts';
import { type InstallFolders, installFolders } from '../../../install-folders.ts';
import type { CommandContext } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';
import { showProblems } from './problem-text.ts';

/** `aico plugin validate [folder]`: everything that is wrong with manifest and code, each with its rule and fix. */
export async function runPluginValidate(context: CommandContext, named: string): Promise<number> {
  const folder = pluginRoot(named);
  const install = installFolders();
  await linkPackages(folder, install.root);
  const { manifest, problems: found } = await checkPlugin(folder);
  const problems = [...found, ...(manifest === undefined ? [] : await takenProblems(manifest.id, folder, install))];
  if (problems.length > 0) {
    showProblems(context, problems);
    return EXIT.failed;
  }
  const { id, version, permissions } = manifest ?? { id: folder, version: '', permissions: [] };
  const data = { id, version, permissions: permissions.length };
  context.answer(data, `${id} ${version} is valid: manifest, code and types.`);
  return EXIT.done;
}

async function takenProblems(id: string, folder: string, install: InstallFolders): Promise<AicoError[]> {
  try {
    await refuseTakenId(id, folder, install);
    return [];
  } catch (error) {
    if (isAicoError(error)) return [error];
    throw error;
  }
}
