import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from './app.ts';
import { findBarriers } from './axe.ts';

/** No barriers and nothing beyond the edge, narrow and wide, light and dark. With AICO_SHOTS, a picture of each goes to that folder. */
export async function look(page: Page, state: string): Promise<void> {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // Colours change over a moment when the theme does.
      await eventually(() => findBarriers(page)).toEqual([]);
      const beyond = await page.evaluate(() => {
        const { documentElement: all } = document;
        return [all.scrollWidth - all.clientWidth, all.scrollHeight - all.clientHeight];
      });
      expect([state, width, ...beyond]).toEqual([state, width, 0, 0]);
      if (process.env['AICO_SHOTS'])
        await page.screenshot({ path: `${process.env['AICO_SHOTS']}/${state}-${width}-${colorScheme}.png` });
    }
  }
}
