import { AicoError, type PluginInfo } from '@aico/schemas';
import { printableData } from '../printable.ts';
import { askYes } from './ask.ts';
import type { CommandContext } from './command-context.ts';
import { ALSO } from './commands/plugin-text.ts';
import { paint } from './error-text.ts';

/** What a plugin asks for, or a version of it that waits in addition. */
export function askedText({ id, permissions, update }: PluginInfo, colors: boolean): string {
  if (update === undefined) return `${id} asks to:\n${permissionText(permissions, colors) || '  nothing\n'}`;
  const more = update.permissions.length === 0 ? '' : ` to:\n${permissionText(update.permissions, colors)}`;
  const also = update.also.map((what) => `  • ${ALSO[what]}\n`).join('');
  return `${id} asks in addition${more}${also === '' ? '' : `${more === '' ? '' : 'and'}:\n${also}`}`;
}

/** Permissions, in the kernel's words and their author's reasons. */
function permissionText(permissions: PluginInfo['permissions'], colors: boolean): string {
  const lines = printableData(permissions).map(
    ({ words, permission: { verb, topic, reason } }) =>
      `  • ${words}\n    ${paint('dim', `${verb} ${topic}: ${reason}`, colors)}\n`,
  );
  return lines.join('');
}

/**
 * Asks the user whether a plugin may do what it asks for, or what a version that waits asks in addition.
 * @throws AicoError AUTHOR_CONSENT_MISSING without a terminal, AUTHOR_CONSENT_REFUSED
 */
export async function agreeToPermissions(context: CommandContext, plugin: PluginInfo, yes: boolean): Promise<void> {
  const { powers } = context;
  powers.err(askedText(plugin, powers.colors.err));
  if (yes) return;
  const answer = await askYes(powers, 'May it?', plugin.id);
  if (answer === true) return;
  const code = answer === undefined ? 'AUTHOR_CONSENT_MISSING' : 'AUTHOR_CONSENT_REFUSED';
  throw new AicoError(code, { subject: plugin.id });
}
