import { existsSync } from 'node:fs';
import type { TestContext } from 'vitest';

/** The Chromium to drive; skips the test, with the reason, where there is none. */
export function requireChromium(context: Pick<TestContext, 'skip'>): string {
  return requireTool('AICO_TEST_CHROMIUM', 'Chromium', context);
}

/** The bubblewrap that confines isolated plugins; skips the test, with the reason, where there is none. */
export function requireBubblewrap(context: Pick<TestContext, 'skip'>): string {
  return requireTool('AICO_TEST_BWRAP', 'bubblewrap', context);
}

/** The gocryptfs that opens encrypted folders; skips the test, with the reason, where it or FUSE is missing. */
export function requireGocryptfs(context: Pick<TestContext, 'skip'>): string {
  const path = requireTool('AICO_TEST_GOCRYPTFS', 'gocryptfs', context);
  return existsSync('/dev/fuse') ? path : context.skip('there is no /dev/fuse here');
}

/** What runs a session with a real keyring; skips the test, with the reason, where there is none. */
export function requireKeyring(context: Pick<TestContext, 'skip'>): {
  readonly session: string;
  readonly keyring: string;
} {
  const session = requireTool('AICO_TEST_DBUS', 'dbus-run-session', context);
  return { session, keyring: requireTool('AICO_TEST_KEYRING', 'gnome-keyring', context) };
}

function requireTool(variable: string, name: string, context: Pick<TestContext, 'skip'>): string {
  const path = process.env[variable];
  if (path) return path;
  return context.skip(process.env[`${variable}_REASON`] ?? `${name} was not looked for: run the tests with npm test`);
}
