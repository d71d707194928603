import type { PermissionDecision, PluginInfo } from '@aico/schemas';
import { AicoError, isAicoError } from '@aico/schemas';
import { printableData } from '../printable.ts';
import { askText } from './ask.ts';
import type { CommandContext } from './command-context.ts';
import { paint } from './error-text.ts';

type Permissions = PluginInfo['permissions'];

const NONE = 'none';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** What is asked for, numbered, in the kernel's words and its author's reasons; its parts have letters. */
export function numberedPermissions(permissions: Permissions, colors: boolean): string {
  const lines = printableData(permissions).map(({ words, permission, risk, choices = [] }, at) => {
    const mark = risk === 'high' ? ` ${paint('yellow', '(look twice)', colors)}` : '';
    const later = permission.optional === true ? ' (asked when it is used)' : '';
    const parts = choices.slice(0, LETTERS.length).map((choice, part) => `${at + 1}${LETTERS[part]} ${choice.words}`);
    const list = parts.length === 0 ? '' : `\n     ${parts.join('   ')}`;
    return `  ${at + 1}. ${words}${mark}${later}\n     ${paint('dim', permission.reason, colors)}${list}\n`;
  });
  return lines.join('') || '  nothing\n';
}

/**
 * The decisions that refuse what was typed: `2` a whole permission, `1b` one part of it.
 * @throws AicoError HOST_CHOICE_UNKNOWN
 */
export function parseRefusals(typed: string, permissions: Permissions): PermissionDecision[] {
  const decisions = new Map<number, PermissionDecision>();
  for (const word of typed.toLowerCase().split(/[\s,]+/)) {
    if (word === '' || word === NONE) continue;
    const [, digits = '', letter = ''] = /^(\d+)([a-z]?)$/.exec(word) ?? [];
    const chosen = permissions[Number(digits) - 1];
    const choice = letter === '' ? undefined : chosen?.choices?.[LETTERS.indexOf(letter)];
    if (chosen === undefined || (letter !== '' && choice === undefined))
      throw new AicoError('HOST_CHOICE_UNKNOWN', { subject: word });
    const { verb, topic } = chosen.permission;
    const before = decisions.get(Number(digits));
    if (choice === undefined) decisions.set(Number(digits), { verb, topic, allow: false });
    else if (before?.allow !== false) {
      const { name, value } = choice;
      const without = { ...before?.without, [name]: [...(before?.without?.[name] ?? []), value] };
      decisions.set(Number(digits), { verb, topic, allow: true, without });
    }
  }
  return [...decisions.values()];
}

/** Shows what is asked for and lets the user refuse parts of it; without a terminal nothing is refused. */
export async function askRefusals({ powers }: CommandContext, permissions: Permissions): Promise<PermissionDecision[]> {
  if (permissions.length === 0 || powers.stdin.isTTY !== true) return [];
  powers.err(`It asks to:\n${numberedPermissions(permissions, powers.colors.err)}`);
  for (;;) {
    const typed = await askText(powers, 'Refuse some? Their numbers, such as 2 or 1b', NONE);
    try {
      return parseRefusals(typed, permissions);
    } catch (error) {
      if (!isAicoError(error)) throw error;
      powers.err(`${error.message} ${error.fix}\n`);
    }
  }
}
