import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Finding, find, ok, skipped, warning } from './finding.ts';

const NODE_MAJOR = 26;
const PROBE_TIMEOUT_MS = 5000;
const run = promisify(execFile);

/** What of the machine AICO needs or could use. */
export function machineChecks(environment: Readonly<Record<string, string | undefined>>): Promise<Finding>[] {
  return [
    find('node', checkNode),
    find('bubblewrap', checkBubblewrap),
    find('gocryptfs', checkGocryptfs),
    find('keyring', () => checkKeyring(environment)),
  ];
}

function checkNode(): Finding {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= NODE_MAJOR) return ok('node', `Node ${node}`);
  const message = `This is Node ${node}; AICO is made for Node ${NODE_MAJOR}.`;
  return { name: 'node', state: 'failed', message, fix: 'Run it with npm start, which brings its own Node.' };
}

/** It must not only be there: some systems forbid what it does. */
async function checkBubblewrap(): Promise<Finding> {
  const name = 'bubblewrap';
  if (process.platform !== 'linux')
    return skipped(name, 'only for Linux; elsewhere no layer was tried on a real machine');
  const lost = 'isolated plugins then run with one wall less';
  try {
    const { stdout } = await run('bwrap', ['--version'], { timeout: PROBE_TIMEOUT_MS });
    await run('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { timeout: PROBE_TIMEOUT_MS });
    return ok(name, stdout.trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return warning(name, `It is not installed; ${lost}.`, 'Install the package bubblewrap.');
    }
    return warning(name, `It does not work here; ${lost}.`, 'Allow unprivileged user namespaces.');
  }
}

async function checkGocryptfs(): Promise<Finding> {
  const name = 'gocryptfs';
  const lost = 'plugins whose stores cannot encrypt themselves stay off, and nothing else is lost';
  if (process.platform !== 'linux') return skipped(name, 'only for Linux');
  try {
    const { stdout } = await run('gocryptfs', ['-version'], { timeout: PROBE_TIMEOUT_MS });
    await run('fusermount3', ['--version'], { timeout: PROBE_TIMEOUT_MS });
    if (existsSync('/dev/fuse')) return ok(name, stdout.split(';')[0]?.trim() ?? '');
    const message = `The system has no FUSE (/dev/fuse); ${lost}.`;
    return warning(name, message, 'Load the kernel module fuse, or give the container /dev/fuse, if you want them.');
  } catch (error) {
    const missing = (error as { path?: string }).path === 'fusermount3' ? 'fuse3' : 'gocryptfs';
    const message = `The package ${missing} is not installed; ${lost}.`;
    return warning(name, message, `Install the package ${missing}, if you want them.`);
  }
}

function checkKeyring(environment: Readonly<Record<string, string | undefined>>): Finding {
  const name = 'keyring';
  if (process.platform === 'win32') return ok(name, 'Windows Credential Manager');
  if (process.platform === 'darwin') return ok(name, 'Keychain');
  if (environment['DBUS_SESSION_BUS_ADDRESS']) return ok(name, 'a session bus is there for the Secret Service');
  return warning(
    name,
    'There is no session bus; the vault opens by password only.',
    'Log in to a desktop session, if you want more.',
  );
}
