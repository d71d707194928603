import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext, SharedOptions } from './command-context.ts';
import type { CreateOptions } from './commands/author/create.ts';
import type { DevOptions } from './commands/author/dev.ts';
import type { PackOptions, PublishOptions, SignOptions, VerifyOptions } from './commands/author/package.ts';
import type { DecideOptions, UninstallOptions, UpdateOptions } from './commands/plugin.ts';
import type { InstallOptions } from './commands/plugin-install.ts';

/** What a command does: resolves to its exit code. */
export type Run<Options> = (
  context: CommandContext,
  options: Options & SharedOptions,
  argument: string,
  second?: string,
) => Promise<number>;

/** Adds a command, with the options that all share. */
export type Add = <Options>(parent: Command, usage: string, description: string, run: Run<Options>) => Command;

/** The commands for those who use plugins. */
export function addPluginCommands(plugin: Command, add: Add): void {
  const load = () => import('./commands/plugin.ts');
  add(plugin, 'list', 'Every plugin and how it does.', async (context) => (await load()).runPluginList(context));
  add(plugin, 'info <id>', 'All about one plugin, and what it may do.', async (context, _, id) =>
    (await load()).runPluginInfo(context, id),
  );
  add(plugin, 'enable <id>', 'Switch a plugin on.', async (context, _, id) =>
    (await load()).runPluginSwitch(context, id, true),
  );
  add(plugin, 'disable <id>', 'Switch a plugin off.', async (context, _, id) =>
    (await load()).runPluginSwitch(context, id, false),
  );
  add<InstallOptions>(
    plugin,
    'install <what>',
    "Install a plugin that came along by its id, a signed package, a plugin's folder, or with --registry a published one.",
    async (context, options, what) =>
      (await import('./commands/plugin-install.ts')).runPluginInstall(context, options, what),
  )
    .option('--registry <folder>', 'the folder of a registry')
    .option('--trust <fingerprint>', 'trust the key of this fingerprint for isolated plugins, without a question');
  add<UpdateOptions>(
    plugin,
    'update <id>',
    'Take a newer version that asks for more, or leave it.',
    async (context, { decline = false }, id) => (await load()).runPluginUpdate(context, id, !decline),
  ).option('--decline', 'keep the version that runs, and forget the newer one');
  for (const [verb, what] of [
    ['allow', 'Allow what a plugin asks for, at once; --without leaves out a part, such as a host.'],
    ['refuse', 'Refuse what a plugin asks for, at once and for its later versions.'],
  ] as const) {
    const command = add<DecideOptions>(plugin, `${verb} <id> <topic>`, what, async (context, options, id, topic = '') =>
      (await load()).runPluginDecide(context, options, [id, topic], verb === 'allow'),
    );
    if (verb === 'allow') command.option('--without <value...>', 'what it may not have of it, such as a host');
  }
  add(
    plugin,
    'limit <id> [setting]',
    'What a plugin may use; memory=512 changes it for good, memory=default takes that back.',
    async (context, _, id, setting) =>
      (await import('./commands/plugin-limit.ts')).runPluginLimit(context, id, setting),
  );
  add<UninstallOptions>(plugin, 'uninstall <id>', 'Remove an installed plugin.', async (context, options, id) =>
    (await load()).runPluginUninstall(context, options, id),
  ).option('--data', 'delete what it stored, too, also when it was removed before');
}

/** The commands for those who write plugins. */
export function addAuthorCommands(plugin: Command, add: Add): void {
  const key = ['--key <file>', 'sign with this key (default: your own, made at its first use)'] as const;
  add<CreateOptions>(
    plugin,
    'create [folder]',
    'Begin a plugin in TypeScript, with a test, and with --view a page of its own.',
    async (context, options, folder) =>
      (await import('./commands/author/create.ts')).runPluginCreate(context, options, folder),
  )
    .option('--id <id>', 'its id (default: asked for, or from the folder)')
    .option('--name <name>', 'its name for people (default: asked for, or from the id)')
    .option('--author <name>', 'who writes it (default: your user name)')
    .option('--view', 'with a page of its own in the app');
  add<DevOptions>(
    plugin,
    'dev [folder]',
    'Run a plugin in the AICO that runs, and again after every change.',
    async (context, options, folder) =>
      (await import('./commands/author/dev.ts')).runPluginDev(context, options, folder),
  )
    .option('-y, --yes', 'agree to what it asks for, without a question')
    .option('--trace', 'show each message that it receives and sends')
    .option('--inspect [port]', 'let a debugger on this machine look into it, for as long as this runs', parsePort)
    .option('--inspect-brk [port]', 'the same; it waits for the debugger and stops at its first line', parsePort)
    .option(...key);
  add(plugin, 'test [folder]', 'Run the tests of a plugin.', async (context, _, folder) =>
    (await import('./commands/author/test.ts')).runPluginTest(context, folder),
  );
  add(plugin, 'validate [folder]', 'Everything that is wrong with a plugin.', async (context, _, folder) =>
    (await import('./commands/author/validate.ts')).runPluginValidate(context, folder),
  );
  const load = () => import('./commands/author/package.ts');
  add<PackOptions>(plugin, 'pack [folder]', 'Make one file of a plugin.', async (context, options, folder) =>
    (await load()).runPluginPack(context, options, folder),
  ).option('-o, --out <file>', 'the file (default: in dist/)');
  add<SignOptions>(
    plugin,
    'sign <file>',
    'Sign a packed plugin, and tell the fingerprint.',
    async (context, options, file) => (await load()).runPluginSign(context, options, file),
  ).option(...key);
  add<VerifyOptions>(
    plugin,
    'verify <file>',
    'Whether a package is whole, and who signed it.',
    async (context, options, file) => (await load()).runPluginVerify(context, options, file),
  ).option('--signer <fingerprint>', 'it has to be this one');
  add<PublishOptions>(
    plugin,
    'publish <file>',
    'Put a signed package into a registry.',
    async (context, options, file) => (await load()).runPluginPublish(context, options, file),
  ).requiredOption('--registry <folder>', 'the folder of the registry, made when it is not there');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number up to 65535.');
  return port;
}
