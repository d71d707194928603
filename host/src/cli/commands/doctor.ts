import { locateHome } from '../../configuration/locate-home.ts';
import { installFolders } from '../../install-folders.ts';
import type { CommandContext, SharedOptions } from '../command-context.ts';
import type { Finding } from '../doctor/finding.ts';
import { folderChecks } from '../doctor/folder-checks.ts';
import { machineChecks } from '../doctor/machine-checks.ts';
import { productChecks } from '../doctor/product-checks.ts';
import { paint } from '../error-text.ts';
import { EXIT } from '../exit-codes.ts';

/** `aico doctor`: looks at everything that AICO needs, changes nothing, and says what to do. */
export async function runDoctor(context: CommandContext, { home }: SharedOptions): Promise<number> {
  const { environment } = context.powers;
  const install = installFolders();
  const commandLine = home === undefined ? {} : { home };
  const input = { environment, commandLine, distributionsFolder: install.distributions };
  const folders = locateHome(input);
  const [machine, folder, product] = await Promise.all([
    Promise.all(machineChecks(environment)),
    Promise.all(folderChecks(folders)),
    productChecks(input, folders, install),
  ]);
  const findings = [...machine, ...folder, ...product];
  const isWell = findings.every(({ state }) => state !== 'failed');
  context.answer({ ok: isWell, findings }, findingsText(findings, context.powers.colors.out));
  return isWell ? EXIT.done : EXIT.failed;
}

function findingsText(findings: readonly Finding[], colors: boolean): string {
  const marks: Readonly<Record<Finding['state'], string>> = {
    ok: paint('green', '✓', colors),
    warning: paint('yellow', '!', colors),
    failed: paint('red', '✗', colors),
    skipped: paint('dim', '–', colors),
  };
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(({ name, state, message, fix }) => {
    const advice = fix === undefined ? '' : `\n${' '.repeat(width + 4)}${fix}`;
    return `${marks[state]} ${name.padEnd(width)}  ${message}${advice}\n`;
  });
  return lines.join('');
}
