import type { AicoError } from '@aico/schemas';
import { printable } from '../../../printable.ts';
import type { CommandContext } from '../../command-context.ts';
import { paint, whereText } from '../../error-text.ts';

/** Shows what is wrong with a plugin: what, by which rule, and what to do. */
export function showProblems({ powers, json }: CommandContext, problems: readonly AicoError[]): void {
  const reports = problems.map((problem) => problem.toReport());
  if (json) {
    powers.out(`${JSON.stringify({ error: reports[0], errors: reports })}\n`);
    return;
  }
  for (const problem of problems) powers.err(problemText(problem, powers.colors.err));
  powers.err(`${problems.length === 1 ? 'One problem' : `${problems.length} problems`}.\n`);
}

/** One problem, as an author reads it. */
export function problemText(problem: AicoError, colors: boolean): string {
  const { message, rule, fix, code } = problem;
  const lines = [`Rule: ${rule}`, `Fix: ${fix}`].map((line) => `  ${printable(line)}\n`).join('');
  return `${paint('red', '✗', colors)} ${printable(message)}${whereText(problem)}\n${lines}  ${paint('dim', code, colors)}\n`;
}
