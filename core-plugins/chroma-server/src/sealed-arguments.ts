import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where the dynamic loader and shared libraries lie; what does not exist is left out. */
const LIBRARY_FOLDERS = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/nix/store'];
/** The descriptor by which it is asked: the fourth of the process. */
const CHANNEL = '3';

/**
 * Arguments of bubblewrap for a command that has a network of its own, with nobody else in it, one folder to write to, and only
 * what it needs to read. It ends when its parent does.
 */
export function sealedArguments(writable: string, readable: readonly string[]): string[] {
  const bound = [...new Set([...LIBRARY_FOLDERS, dirname(process.execPath), ...readable])];
  return [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    // Node hands its own permissions on by the environment, and a name of a secret may be in it.
    '--clearenv',
    '--setenv',
    'NODE_CHANNEL_FD',
    CHANNEL,
    '--setenv',
    'HOME',
    '/tmp',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    // After /tmp, for what is bound may lie in there.
    ...bound.flatMap((path) => ['--ro-bind-try', path, path]),
    '--bind',
    writable,
    '/data',
    '--chdir',
    '/data',
    '--',
  ];
}

/** The command of npm's chromadb below a folder, or undefined when it is not there. */
export function programIn(folder: string): string | undefined {
  const path = `${folder.replace(/\/$/, '')}/node_modules/chromadb/dist/cli.mjs`;
  return folder !== '' && existsSync(path) ? path : undefined;
}
