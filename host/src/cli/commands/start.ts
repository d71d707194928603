import { AicoError } from '@aico/schemas';
import type { HomeFolders } from '../../home/home-folders.ts';
import type { Host } from '../../host.ts';
import { hasDisplay, openBrowser } from '../../open-browser.ts';
import { openHost } from '../../start-host.ts';
import { withBus } from '../bus-session.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { type HandOverOptions, readHandedPassword } from '../handed-password.ts';
import { StartDisplay } from '../start-display.ts';

export interface StartOptions extends HandOverOptions {
  readonly home?: string;
  readonly distribution?: string;
  readonly open?: boolean;
}

/** A Ctrl-C that a parent passes on arrives twice at once; only a later one is a second one. */
const SECOND_AFTER_MS = 500;

/** `aico start`: runs the host in this process until somebody stops it. */
export async function runStart(context: CommandContext, options: StartOptions): Promise<number> {
  const { home, distribution, open } = options;
  // Before any process is started, which would inherit the descriptor.
  const password = readHandedPassword(options, context.powers.environment);
  const display = new StartDisplay(context);
  const end = Promise.withResolvers<string>();
  try {
    display.phase('Verifying plugins');
    const opened = await openHost({
      environment: context.powers.environment,
      commandLine: {
        ...(home && { home }),
        ...(distribution && { distribution }),
        ...(open !== undefined && { open }),
      },
      listener: { onChange: (change, isSealed) => display.change(change, isSealed), onStopRequest: end.resolve },
      terminal: display.terminal,
    });
    if ('running' in opened) {
      display.alreadyRunning(opened.running, firstUrl(opened.running.endpoints));
      return EXIT.done;
    }
    const { host, restored } = opened;
    if (restored !== undefined) display.restored(restored);
    const release = listen(host, end.resolve);
    try {
      return await run(context, display, { ...opened, password }, end.promise);
    } finally {
      release();
    }
  } finally {
    display.close();
  }
}

interface Begun {
  readonly host: Host;
  readonly openBrowser: boolean;
  /** What opens the vault, where it was handed over. */
  readonly password: string | undefined;
}

async function run(
  context: CommandContext,
  display: StartDisplay,
  { host, openBrowser: wantsBrowser, password }: Begun,
  end: Promise<string>,
): Promise<number> {
  display.phase('Starting plugins');
  const show = async (): Promise<void> => {
    await host.start();
    const { status } = host;
    const url = firstUrl(status.endpoints);
    // Counted from the beginning of the process, as the user does.
    display.ready({ status, url, elapsedMs: Math.round(performance.now()) });
    if (password !== undefined) await display.unlocking(unlockWith(context.folders, password));
    if (wantsBrowser && url !== undefined && hasDisplay(context.powers.environment)) openBrowser(url);
  };
  let reason = 'it could not start';
  try {
    reason = await Promise.race([end, show().then(() => end)]);
  } finally {
    display.stopping(reason);
    await host.stop(reason);
    display.stopped();
  }
  return host.hasFailed ? EXIT.failed : EXIT.done;
}

/** As `aico unlock` does, from within. @throws AicoError VAULT_PASSWORD_WRONG, HOST_VAULT_EMPTY, … */
function unlockWith(folders: HomeFolders, password: string): Promise<void> {
  return withBus(folders, async (bus) => {
    const { state } = await bus.request('vault.status.get.v1', {});
    if (state === 'empty') throw new AicoError('HOST_VAULT_EMPTY', { subject: 'vault' });
    await bus.request('vault.unlock.run.v1', { password });
  });
}

/** The page for people first, else whatever can be reached. */
function firstUrl(endpoints: Readonly<Record<string, string>>): string | undefined {
  return endpoints['console'] ?? Object.values(endpoints)[0];
}

/** Stops gracefully at the first signal and at once at a second Ctrl-C; returns its undo. */
function listen(host: Host, stop: (reason: string) => void): () => void {
  let firstAt: number | undefined;
  const interrupt = (): void => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt > SECOND_AFTER_MS) forceEnd(host);
    firstAt ??= now;
    stop('Ctrl-C');
  };
  const terminate = (signal: string): void => stop(signal);
  const fail = (error: unknown): void => {
    host.fail(error);
    stop('an internal error');
  };
  process.on('SIGINT', interrupt).on('SIGTERM', terminate).on('SIGHUP', terminate).on('uncaughtException', fail);
  return () => {
    process.off('SIGINT', interrupt).off('SIGTERM', terminate).off('SIGHUP', terminate).off('uncaughtException', fail);
  };
}

/** The plugins' processes end with ours; only the sockets would be left. */
function forceEnd(host: Host): never {
  host.abandon();
  process.exit(EXIT.forced);
}
