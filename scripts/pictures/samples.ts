import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Near, packNear } from './near.ts';
import { type Stage, talk } from './stage.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const SETTLE_MS = 300;
const SIZE = { width: 960, height: 600 };

/** What is said to a sample before its picture is taken, and what is shown. */
interface Scene {
  readonly id: string;
  readonly said: readonly string[];
  /** Leads to what the picture shows, where that is not the talk. */
  readonly show?: (page: Page, url: string) => Promise<void>;
}

const SCENES: readonly Scene[] = [
  { id: 'dice', said: ['/roll d20', '/roll 4d6+2'] },
  { id: 'diary', said: ['/diary A long walk by the sea. The first snow.', '/diary'] },
  {
    id: 'notes',
    said: ['/note Buy oat milk #shopping', '/note Bring the **blue** folder on Monday #work', '/note find milk'],
  },
  {
    id: 'habits',
    said: ['/habit add Run', '/habit add Read', '/habit done Run', '/habit done Run yesterday', '/habit done Read'],
    show: async (page, url) => {
      await page.goto(`${url}/views/habits/chart`);
      const days = page.frameLocator('iframe').getByRole('button', { name: 'Run' });
      await days.last().waitFor();
      for (const at of [3, 4, 8, 9, 10, 15, 16, 17, 22, 24, 25]) await days.nth(at).click();
      await page.frameLocator('iframe').getByRole('button', { name: 'Run', pressed: true }).nth(12).waitFor();
      const read = page.frameLocator('iframe').getByRole('button', { name: 'Read' });
      for (const at of [1, 2, 5, 6, 7, 12, 13, 19, 20, 23, 26]) await read.nth(at).click();
      await page.frameLocator('iframe').getByRole('button', { name: 'Read', pressed: true }).nth(11).waitFor();
    },
  },
  { id: 'pomodoro', said: ['/pomodoro 50 10', '/pomodoro'] },
  { id: 'reminders', said: ['/remind in 20 minutes Tea', '/remind every monday at 7:30 Bins', '/remind'] },
  { id: 'units', said: ['/unit 5 km in miles', '/unit 180 C in F'] },
  { id: 'translator', said: ['/translate to German: Good morning! Did you sleep well?'] },
  { id: 'crash-test', said: ['/crash reach'] },
  {
    id: 'mood',
    said: ['/mood tender'],
    show: async (page, url) => {
      await page.goto(`${url}/settings/appearance`);
      await page.getByRole('group', { name: 'Mood colours' }).getByRole('radio').first().check({ force: true });
      await page.goto(`${url}/views/mood/mood`);
      await page.frameLocator('iframe').getByRole('button', { name: 'Tender', pressed: true }).waitFor();
    },
  },
];

/** Takes pictures of each sample in use, dark and light, into its folder. */
export async function takeSamples({ product, page, home }: Stage, near: Near): Promise<void> {
  await page.setViewportSize(SIZE);
  const install = async (what: string, id: string): Promise<void> => {
    await product.aico('plugin', 'install', what);
    const { code, stderr } = await product.aico('plugin', 'enable', id);
    if (code !== 0) throw new Error(`${id} cannot be switched on: ${stderr}`);
  };
  const shoot = async (id: string): Promise<void> => {
    await page.mouse.move(0, 0);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (const [colorScheme, name] of [
      ['dark', 'screenshot-dark.png'],
      ['light', 'screenshot.png'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      // A view hears of its colours a moment after the app.
      await page.waitForTimeout(SETTLE_MS);
      await page.screenshot({ path: join(SAMPLES, id, name) });
    }
  };
  await install(
    await packNear(home, 'weather', 'sky', near, ['geocoding-api.open-meteo.com', 'api.open-meteo.com']),
    'sky',
  );
  await install(await packNear(home, 'feeds', 'tidings', near, []), 'tidings');
  await talk(page, product.url, '/weather Oslo');
  await shoot('weather');
  await talk(page, product.url, `/feeds add ${near.url}/rss`, `/feeds add ${near.url}/atom`);
  await talk(page, product.url, '/feeds now');
  await shoot('feeds');
  for (const { id, said, show } of SCENES) {
    await install(id, id);
    await page.reload();
    await talk(page, product.url, ...said);
    await show?.(page, product.url);
    await shoot(id);
  }
}

/** What the servers answer that samples ask; a feed has something new each time but the first. */
export function answersOfSamples(): (path: string) => Promise<string> {
  const read = (name: string): Promise<string> => readFile(join(SAMPLES, name), 'utf8');
  const asked = new Set<string>();
  return async (path) => {
    if (path.startsWith('/v1/search')) return read('weather/test/answers/oslo.json');
    if (path.startsWith('/v1/forecast')) return read('weather/test/answers/forecast.json');
    const feed = await read(path === '/atom' ? 'feeds/test/feeds/atom.xml' : 'feeds/test/feeds/rss.xml');
    if (asked.has(path)) return feed;
    asked.add(path);
    return feed.replaceAll(/<(item|entry)>[\s\S]*?<\/\1>/g, '');
  };
}
