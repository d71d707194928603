import { openAuthorKey } from '../../../author/author-key.ts';
import { linkPackages } from '../../../author/link-packages.ts';
import { pluginRoot } from '../../../author/plugin-root.ts';
import { watchFolder } from '../../../author/watch-folder.ts';
import { installFolders } from '../../../install-folders.ts';
import { type CommandBus, withBus } from '../../bus-session.ts';
import type { CommandContext } from '../../command-context.ts';
import { EXIT } from '../../exit-codes.ts';
import { aborted, watching } from '../../watching.ts';
import { DevLoop } from './dev-loop.ts';

export interface DevOptions {
  readonly yes?: boolean;
  readonly key?: string;
  /** A port, or true for any that is free. */
  readonly inspect?: true | number;
  /** The same, and it stops at its first line. */
  readonly inspectBrk?: true | number;
  /** Tell each message that it receives and sends. */
  readonly trace?: boolean;
}

/** `aico plugin dev [folder]`: builds, runs it in the AICO that runs, and again after every change, until Ctrl-C. */
export async function runPluginDev(context: CommandContext, options: DevOptions, named: string): Promise<number> {
  const folder = pluginRoot(named);
  const { key } = await openAuthorKey(options.key);
  await linkPackages(folder, installFolders().root);
  const run = (enough: AbortSignal) => async (bus: CommandBus) => {
    const { inspectBrk, inspect = inspectBrk } = options;
    const port = inspect === true ? 0 : inspect;
    const loop = new DevLoop({
      context,
      bus,
      folder,
      key,
      yes: options.yes === true,
      trace: options.trace === true,
      ...(port === undefined ? {} : { inspectPort: port, stopsAtFirst: inspectBrk !== undefined }),
    });
    const end = Promise.withResolvers<void>();
    void aborted(enough).then(end.resolve);
    const unwatch = watchFolder(folder, () => loop.rebuild().catch(end.reject), end.reject);
    try {
      await loop.open();
      await Promise.race([loop.rebuild().then(() => end.promise), end.promise]);
    } finally {
      unwatch();
      await loop.close();
    }
    return EXIT.done;
  };
  return watching(context.powers, undefined, (enough) => withBus(context.folders, run(enough)));
}
