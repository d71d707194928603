import { AicoError, type PermissionDecision } from '@aico/schemas';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { errorText } from '../error-text.ts';
import { EXIT } from '../exit-codes.ts';
import { askRefusals } from '../permission-choice.ts';
import { pluginInfoText, pluginListText, uninstalledText } from './plugin-text.ts';

/** Many files take their time to be removed. */
const ERASE_TIMEOUT_MS = 6 * 60_000;

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

/** `aico plugin update <id>`: the answer to a newer version that asks for more; parts of it can be refused. */
export async function runPluginUpdate(context: CommandContext, id: string, accept: boolean): Promise<number> {
  const plugin = await withBus(context.folders, async (bus) => {
    const { update } = await bus.request('kernel.plugin.get.v1', { id });
    const decisions = accept ? await askRefusals(context, update?.permissions ?? []) : [];
    return bus.request('kernel.plugin.update.v1', { id, accept, decisions });
  });
  const told = accept ? `${id} is at version ${plugin.version}.` : `${id} stays at version ${plugin.version}.`;
  context.answer(plugin, told);
  return EXIT.done;
}

export interface DecideOptions {
  /** Values of constraints to leave out, such as a host. */
  readonly without?: readonly string[];
}

/** `aico plugin allow <id> <topic>`, `aico plugin refuse <id> <topic>`: at once, and for later versions. */
export async function runPluginDecide(
  context: CommandContext,
  { without = [] }: DecideOptions,
  [id, topic]: readonly [string, string],
  allow: boolean,
): Promise<number> {
  const plugin = await withBus(context.folders, async (bus) => {
    const { permissions } = await bus.request('kernel.plugin.get.v1', { id });
    const named = permissions.filter(({ permission }) => permission.topic === topic);
    const decisions = named.map(({ permission: { verb }, choices = [] }): PermissionDecision => {
      const left = choices.filter(({ value }) => without.includes(value));
      const lists = Object.groupBy(left, ({ name }) => name);
      const values = Object.entries(lists).map(([name, list]) => [name, list?.map(({ value }) => value)]);
      return { verb, topic, allow, ...(left.length > 0 && { without: Object.fromEntries(values) }) };
    });
    const unknown = without.find(
      (value) => !named.some(({ choices = [] }) => choices.some((each) => each.value === value)),
    );
    if (unknown !== undefined) throw new AicoError('HOST_CONSTRAINT_UNKNOWN', { subject: unknown, details: { topic } });
    if (decisions.length === 0)
      throw new AicoError('KERNEL_PERMISSION_UNKNOWN', { subject: id, details: { verb: 'use', topic } });
    return bus.request('kernel.permission.decide.v1', { id, decisions });
  });
  context.answer(plugin, pluginInfoText(plugin, context.powers.colors.out));
  return EXIT.done;
}

export interface UninstallOptions {
  /** Also what it stored. */
  readonly data?: boolean;
}

/** `aico plugin uninstall <id>`; with `--data` also of one that was removed before. */
export async function runPluginUninstall(
  context: CommandContext,
  { data = false }: UninstallOptions,
  id: string,
): Promise<number> {
  const { gone, wasThere } = await withBus(context.folders, async (bus) => {
    const { plugins } = data ? await bus.request('kernel.plugin.list.v1', {}) : { plugins: [{ id }] };
    const isThere = plugins.some((plugin) => plugin.id === id);
    if (isThere) await bus.request('kernel.plugin.uninstall.v1', { id });
    const answer = data
      ? await bus.request('privacy.plugin.erase.v1', { id }, { timeoutMs: ERASE_TIMEOUT_MS })
      : { id };
    return { gone: answer, wasThere: isThere };
  });
  context.answer(gone, uninstalledText(gone, wasThere));
  return EXIT.done;
}
