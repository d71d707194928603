import { AicoError, type PluginInfo } from '@aico/schemas';
import { printableData } from '../printable.ts';
import { askYes } from './ask.ts';
import type { CommandContext } from './command-context.ts';
import { paint } from './error-text.ts';

/** What is asked for, in the kernel's words and its author's reasons. */
function permissionText(permissions: PluginInfo['permissions'], colors: boolean): string {
  const lines = printableData(permissions).map(
    ({ words, permission: { verb, topic, reason } }) =>
      `  • ${words}\n    ${paint('dim', `${verb} ${topic}: ${reason}`, colors)}\n`,
  );
  return lines.join('') || '  nothing\n';
}

/**
 * Asks the user whether a plugin may do what it asks for, or what a version that waits asks in addition.
 * @throws AicoError AUTHOR_CONSENT_MISSING without a terminal, AUTHOR_CONSENT_REFUSED
 */
export async function agreeToPermissions(context: CommandContext, plugin: PluginInfo, yes: boolean): Promise<void> {
  const { powers } = context;
  const { id, update } = plugin;
  const also = update === undefined || update.also.length === 0 ? '' : `  • ${printableData(update.also).join(', ')}\n`;
  const asked = permissionText(update?.permissions ?? plugin.permissions, powers.colors.err);
  powers.err(`${id} asks${update === undefined ? '' : ' in addition'} to:\n${asked}${also}`);
  if (yes) return;
  const answer = await askYes(powers, 'May it?', plugin.id);
  if (answer === true) return;
  const code = answer === undefined ? 'AUTHOR_CONSENT_MISSING' : 'AUTHOR_CONSENT_REFUSED';
  throw new AicoError(code, { subject: plugin.id });
}
