import { userInfo } from 'node:os';
import { basename, relative, resolve } from 'node:path';
import { createPlugin } from '../../../author/create-plugin.ts';
import { linkPackages } from '../../../author/link-packages.ts';
import { idFrom, nameFrom } from '../../../author/plugin-name.ts';
import { refuseTakenId } from '../../../author/taken-id.ts';
import { installFolders } from '../../../install-folders.ts';
import { askText } from '../../ask.ts';
import type { CommandContext } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';
import { shellWord } from '../../shell-word.ts';

export interface CreateOptions {
  readonly id?: string;
  readonly name?: string;
  readonly author?: string;
  /** Whether it has a page of its own in the app. */
  readonly view?: boolean;
}

/** `aico plugin create [folder]`: a plugin that runs, with a test, in a folder of its own. */
export async function runPluginCreate(context: CommandContext, options: CreateOptions, named: string): Promise<number> {
  const { powers } = context;
  const suggested = idFrom(named === '' ? 'my-plugin' : basename(resolve(named)));
  const id = options.id ?? (await askText(powers, 'Id, as in /my-plugin', suggested));
  const name = options.name ?? (await askText(powers, 'Name for people', nameFrom(id)));
  const folder = resolve(named === '' ? id : named);
  const install = installFolders();
  const { root, template, viewTemplate } = install;
  await refuseTakenId(id, folder, install);
  const templates = options.view === true ? [template, viewTemplate] : [template];
  const files = await createPlugin(templates, folder, { id, name, author: options.author ?? userName() });
  await linkPackages(folder, root);
  const shown = relative('', folder) || '.';
  const list = files.map((file) => `  ${file}\n`).join('');
  const next = `Next, beside an AICO that runs (aico start):\n  cd ${shellWord(shown)}\n  aico plugin dev\nThen type /${id} Ada in the chat, change src/index.ts, and type it again.`;
  context.answer({ folder, id, name, files }, `Made ${name} in ${shown}:\n${list}${next}`);
  return EXIT.done;
}

function userName(): string {
  try {
    return userInfo().username || 'You';
  } catch {
    // A process may run as a user that has no entry.
    return 'You';
  }
}
