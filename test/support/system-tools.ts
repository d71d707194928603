import type { TestContext } from 'vitest';

/** The Chromium to drive; skips the test, with the reason, where there is none. */
export function requireChromium(context: Pick<TestContext, 'skip'>): string {
  return requireTool('AICO_TEST_CHROMIUM', 'Chromium', context);
}

/** The bubblewrap that confines isolated plugins; skips the test, with the reason, where there is none. */
export function requireBubblewrap(context: Pick<TestContext, 'skip'>): string {
  return requireTool('AICO_TEST_BWRAP', 'bubblewrap', context);
}

function requireTool(variable: string, name: string, context: Pick<TestContext, 'skip'>): string {
  const path = process.env[variable];
  if (path) return path;
  return context.skip(process.env[`${variable}_REASON`] ?? `${name} was not looked for: run the tests with npm test`);
}
