import { type ChildProcess, spawn } from 'node:child_process';

/** Reads "+ pid" and "- pid"; when its input ends, kills the process groups that are left. */
const SCRIPT = `
trap '' HUP INT TERM
left=' '
while read -r sign pid; do
  case $sign in
    +) left="$left$pid " ;;
    -) left="\${left%% $pid *} \${left#* $pid }" ;;
  esac
done
for pid in $left; do kill -9 -"$pid" 2>/dev/null; done
`;

/**
 * A shell of a few hundred kilobytes that outlives a host which was killed, and takes the plugins' processes with it:
 * a plugin that loops for ever cannot notice by itself that its parent is gone.
 */
export class Guardian {
  #shell: ChildProcess | undefined;

  /** Guards a process group; returns its undo. */
  guard(processId: number): () => void {
    this.#tell(`+ ${processId}\n`);
    return () => this.#tell(`- ${processId}\n`);
  }

  close(): void {
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }

  #tell(line: string): void {
    if (process.platform === 'win32') return;
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(line);
  }

  #start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
      cwd: '/',
      detached: true,
    });
    const forget = (): void => {
      if (this.#shell === shell) this.#shell = undefined;
    };
    shell.on('error', forget);
    shell.on('exit', forget);
    shell.stdin.on('error', forget);
    shell.unref();
    (shell.stdin as unknown as { unref(): void }).unref();
    return shell;
  }
}
