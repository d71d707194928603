import { spawn } from 'node:child_process';

/** Whether there is a display that a browser could show itself on. */
export function hasDisplay(environment: Readonly<Record<string, string | undefined>>): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return !environment['SSH_CONNECTION'];
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}

/** Opens an address in the user's browser; when that does not work, the address was printed anyway. */
export function openBrowser(url: string): void {
  const [command, ...args] = openerOf(url);
  if (command === undefined) return;
  const opener = spawn(command, args, { stdio: 'ignore', detached: true });
  opener.once('error', () => undefined);
  opener.unref();
}

function openerOf(url: string): string[] {
  if (process.platform === 'darwin') return ['open', url];
  // `start` takes its first quoted argument as a title; the address holds no character that cmd would read.
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '', url];
  return ['xdg-open', url];
}
