import { dirname } from 'node:path';

/** Where the dynamic loader and shared libraries lie on Linux; what does not exist is left out. */
const LIBRARY_FOLDERS = ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/nix/store'];

export interface SealedSurroundings {
  /** What it reads beside Node and the libraries of the system. */
  readonly readable: readonly string[];
  /** All that is in its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The one folder that it writes to, which it sees as /data and starts in. */
  readonly data?: string;
  /** Whether it is started in a session of its own, as `detached` does; else it opens one. */
  readonly hasSession?: boolean;
}

/**
 * Arguments of bubblewrap before a command of Node: it has a network and processes of its own, with nobody else in them, a /tmp of its
 * own, and reads only what it needs. It ends when its parent does.
 */
export function sealedArguments({ readable, environment = {}, data, hasSession }: SealedSurroundings): string[] {
  const needed = [...new Set([dirname(process.execPath), ...readable])];
  return [
    '--unshare-all',
    '--die-with-parent',
    ...(hasSession === true ? [] : ['--new-session']),
    '--cap-drop',
    'ALL',
    // Node hands its own permissions on by the environment, and a name of a secret may be in it.
    '--clearenv',
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    // After /tmp, for what is bound may lie in there.
    ...LIBRARY_FOLDERS.flatMap((path) => ['--ro-bind-try', path, path]),
    ...needed.flatMap((path) => ['--ro-bind', path, path]),
    ...(data === undefined ? ['--chdir', '/'] : ['--bind', data, '/data', '--chdir', '/data']),
    '--',
  ];
}
