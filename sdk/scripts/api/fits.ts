import ts from 'typescript';
import { pathOf } from './declarations.ts';

/** One value in the place of another: a break when the types do not allow it. `Before` and `After` name the two sides. */
export interface Fit {
  readonly of: string;
  readonly given: string;
  readonly wanted: string;
}

/** A file that does what the fits say, a line to each, below the imports of a module of both sides. */
export function checkOf(module: string, fits: readonly Fit[]): string {
  return [
    `import type * as Before from '../.before/${module}.ts';`,
    `import type * as After from '../.after/${module}.ts';`,
    ...fits.map(
      ({ given, wanted }, index) => `export function fit${index}(given: ${given}): ${wanted} { return given; }`,
    ),
  ].join('\n');
}

/** What does not fit, each in TypeScript's words from the outside in; what several lead to is told once. */
export function unfit(program: ts.Program, module: string, fits: readonly Fit[]): readonly string[] {
  const told = new Map<string, string>();
  const check = program.getSourceFile(pathOf('check', module, 'ts'));
  for (const { start = 0, messageText } of program.getSemanticDiagnostics(check)) {
    const line = check?.getLineAndCharacterOfPosition(start).line ?? 0;
    const why = plain(ts.flattenDiagnosticMessageText(messageText, '\n'));
    const innermost = why.at(-1) ?? '';
    if (!told.has(innermost)) told.set(innermost, `${fits[line - 2]?.of ?? module}: ${why.join(' ')}`);
  }
  return [...told.values()];
}

/** Without the types in full, which say nothing that the innermost line does not. */
function plain(message: string): readonly string[] {
  const lines = message.split('\n').map((line) => line.trim().replace(/import\("[^"]*"[^)]*\)\./g, ''));
  return lines.filter((line, index) => index === lines.length - 1 || !line.startsWith('Type '));
}
