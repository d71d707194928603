import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { errorText } from '../error-text.ts';
import { EXIT } from '../exit-codes.ts';
import { pluginInfoText, pluginListText } from './plugin-text.ts';

/** `aico plugin list` */
export async function runPluginList(context: CommandContext): Promise<number> {
  const { plugins } = await withBus(context.folders, (bus) => bus.request('kernel.plugin.list.v1', {}));
  context.answer({ plugins }, pluginListText(plugins, context.powers.colors.out));
  return EXIT.done;
}

/** `aico plugin info <id>` */
export async function runPluginInfo(context: CommandContext, id: string): Promise<number> {
  const plugin = await withBus(context.folders, (bus) => bus.request('kernel.plugin.get.v1', { id }));
  context.answer(plugin, pluginInfoText(plugin, context.powers.colors.out));
  return EXIT.done;
}

/** `aico plugin enable <id>`, `aico plugin disable <id>`. What was to run and cannot has failed. */
export async function runPluginSwitch(context: CommandContext, id: string, on: boolean): Promise<number> {
  const topic = on ? 'kernel.plugin.enable.v1' : 'kernel.plugin.disable.v1';
  const plugin = await withBus(context.folders, (bus) => bus.request(topic, { id }));
  const { error } = plugin;
  const failure = error === undefined ? '' : `\n${errorText(error, context.powers.colors.out)}`;
  context.answer(plugin, `${id} is ${plugin.state}.${failure}`);
  return on && error !== undefined ? EXIT.failed : EXIT.done;
}

export interface UpdateOptions {
  readonly decline?: boolean;
}

/** `aico plugin update <id>`: the answer to a newer version that asks for more. */
export async function runPluginUpdate(context: CommandContext, id: string, accept: boolean): Promise<number> {
  const plugin = await withBus(context.folders, (bus) => bus.request('kernel.plugin.update.v1', { id, accept }));
  const told = accept ? `${id} is at version ${plugin.version}.` : `${id} stays at version ${plugin.version}.`;
  context.answer(plugin, told);
  return EXIT.done;
}

/** `aico plugin uninstall <id>` */
export async function runPluginUninstall(context: CommandContext, id: string): Promise<number> {
  const gone = await withBus(context.folders, (bus) => bus.request('kernel.plugin.uninstall.v1', { id }));
  context.answer(gone, `${id} is removed. What it stored stays until you delete it.`);
  return EXIT.done;
}
