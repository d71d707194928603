import { join } from 'node:path';
import { runChild } from '../bootstrap/run-child.mjs';
import {
  BUBBLEWRAP,
  CHROMIUM,
  DBUS,
  GNOME_KEYRING,
  GOCRYPTFS,
  provide,
  runs,
  type SystemTool,
} from './system-tools.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What tells the tests where a tool is, or why it is missing. */
function environmentOf(tool: SystemTool): Record<string, string> {
  const found = provide(tool, (line) => process.stderr.write(`${line}\n`));
  if ('reason' in found) return { [tool.variable]: '', [`${tool.variable}_REASON`]: found.reason };
  // Chrome on Windows answers --version with a window, so there being found must do.
  if (process.platform === 'win32' || runs(found.path)) return { [tool.variable]: found.path };
  return { [tool.variable]: '', [`${tool.variable}_REASON`]: `${found.path} is there but does not start` };
}

const filters = process.argv.slice(2);
// Coverage is a promise about all tests together; a hand-picked few could never keep it.
const coverage = filters.length === 0 ? ['--coverage'] : [];
const onLinux = process.platform === 'linux' ? [BUBBLEWRAP, GOCRYPTFS, GNOME_KEYRING, DBUS] : [];
const tools = Object.assign({}, ...[CHROMIUM, ...onLinux].map(environmentOf)) as Record<string, string>;
process.exitCode = await runChild(
  process.execPath,
  [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...coverage, ...filters],
  { cwd: ROOT, env: { ...process.env, ...tools } },
);
