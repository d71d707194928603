import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const APT_TIMEOUT_MS = 10 * 60_000;
const PROBE_TIMEOUT_MS = 20_000;

/** A program from outside npm that some tests need. */
export interface SystemTool {
  /** The environment variable that tells tests where it is; set by hand, it is believed. */
  readonly variable: string;
  readonly commands: readonly string[];
  /** Where its installer puts it when not on the search path. */
  readonly places: readonly string[];
  /** The Debian package, where the tests may install it themselves. */
  readonly debianPackage: string;
}

export const CHROMIUM: SystemTool = {
  variable: 'AICO_TEST_CHROMIUM',
  commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
  debianPackage: 'chromium',
};

export const BUBBLEWRAP: SystemTool = {
  variable: 'AICO_TEST_BWRAP',
  commands: ['bwrap'],
  places: [],
  debianPackage: 'bubblewrap',
};

export const GOCRYPTFS: SystemTool = {
  variable: 'AICO_TEST_GOCRYPTFS',
  commands: ['gocryptfs'],
  places: [],
  debianPackage: 'gocryptfs',
};

export const GNOME_KEYRING: SystemTool = {
  variable: 'AICO_TEST_KEYRING',
  commands: ['gnome-keyring-daemon'],
  places: [],
  debianPackage: 'gnome-keyring',
};

export const DBUS: SystemTool = {
  variable: 'AICO_TEST_DBUS',
  commands: ['dbus-run-session'],
  places: [],
  debianPackage: 'dbus-daemon',
};

/** Either where the tool is, or why the tests that need it are skipped. */
export type Found = { readonly path: string } | { readonly reason: string };

/** Finds the tool; where it is missing and the system allows, installs it first. */
export function provide(tool: SystemTool, say: (line: string) => void): Found {
  const path = find(tool);
  if (path !== undefined) return { path };
  const refusal = install(tool, say);
  if (refusal !== undefined) return { reason: refusal };
  const installed = find(tool);
  return installed === undefined
    ? { reason: `${tool.debianPackage} was installed, but no ${tool.commands[0]} is on the search path` }
    : { path: installed };
}

function find(tool: SystemTool): string | undefined {
  const given = process.env[tool.variable];
  if (given) return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const candidates = tool.commands.flatMap((command) => folders.map((folder) => join(folder, command + suffix)));
  return [...candidates, ...tool.places].find((candidate) => existsSync(candidate));
}

/** Installs the Debian package; returns why it could not. */
function install(tool: SystemTool, say: (line: string) => void): string | undefined {
  const missing = `${tool.commands[0]} is not installed`;
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return missing;
  if (process.getuid?.() !== 0) return `${missing}, and only root may run apt-get install ${tool.debianPackage}`;
  say(`• Installing ${tool.debianPackage} for the tests that need it …`);
  const failed = [['update'], ['install', '--yes', '--no-install-recommends', tool.debianPackage]].some(
    (args) => !aptGet(args),
  );
  return failed ? `${missing}, and apt-get could not install ${tool.debianPackage}` : undefined;
}

function aptGet(args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', ['--quiet', ...args], { env, stdio: 'ignore', timeout: APT_TIMEOUT_MS });
  return status === 0;
}

/** Whether the program starts at all: a packaged stub may be on the path and still not run. */
export function runs(path: string): boolean {
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS }).status === 0;
}
