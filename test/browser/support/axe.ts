import axe from 'axe-core';
import type { Page } from 'playwright-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/**
 * Waits until the page looks as it means to: after a change of colours an element with a transition keeps its old
 * ones until the next frame, be the transition ever so short, and would be judged half light and half dark.
 */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const isEnding = ({ effect }: Animation): boolean => effect?.getComputedTiming().endTime !== Infinity;
    for (let moves = true; moves; ) {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const ending = document.getAnimations().filter(isEnding);
      // What inherits a colour begins to change once its parent has.
      moves = ending.length > 0;
      await Promise.allSettled(ending.map(({ finished }) => finished));
    }
  });
}

/** What axe finds on the page once it stands still, one line for each element. */
export async function findBarriers(page: Page): Promise<string[]> {
  await settled(page);
  await page.evaluate(axe.source);
  const results = (await page.evaluate(
    (rules) =>
      (globalThis as unknown as { axe: { run(root: Document, options: object): Promise<unknown> } }).axe.run(document, {
        runOnly: rules,
      }),
    RULES,
  )) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}
