// `npm run pictures [samples|product]`: runs the product and takes the pictures of the gallery and of the documentation.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { modelThatSays, serveNear } from './near.ts';
import { answersOfSamples, takeSamples } from './samples.ts';
import { connectModel, openStage, setUp, talk } from './stage.ts';

const PICTURES = join(import.meta.dirname, '../../docs/pictures');
const DESK = { width: 1280, height: 800 };
/** Live figures come every second. */
const SETTLE_MS = 4_000;
const PHONE = { width: 390, height: 800 };

const ANSWERS = {
  'Good morning': 'Guten Morgen! Hast du gut geschlafen?',
  sister: 'How lovely! I will keep Mira in mind, and the eleventh of May. Does she still play the cello?',
  present:
    'She likes the sea and plays the cello, so perhaps:\n\n- a **print** of the harbour where you grew up\n- sheet music for two cellos, to play *together*\n- a day at the coast, with a thermos of good tea\n\nShall I remind you a week before?',
};

const [what = 'all'] = process.argv.slice(2);
await using model = await serveNear(modelThatSays(ANSWERS));
const answer = answersOfSamples();
await using near = await serveNear(async ({ url = '/' }, response) => void response.end(await answer(url)));
await using stage = await openStage({ AICO_PLUGINS_LLM_OLLAMA_URL: model.url, AICO_PLUGINS_LLM_FIND_OLLAMA: 'true' });
const { page, product } = stage;

await page.setViewportSize(DESK);
await page.getByRole('button', { name: 'Set a master password' }).waitFor();
if (what !== 'samples') await shoot(page, 'wizard');
await page.getByRole('button', { name: 'Set a master password' }).click();
await setUp(page);
await connectModel(page, 'llama3.2');
if (what !== 'samples') await takeProduct();
if (what !== 'product') await takeSamples(stage, near);

async function takeProduct(): Promise<void> {
  await talk(
    page,
    product.url,
    'My sister Mira has her birthday on the eleventh of May.',
    'What could I give her as a present?',
  );
  await shoot(page, 'talk-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'talk-dark');
  await page.setViewportSize(PHONE);
  await shoot(page, 'phone');
  await page.setViewportSize(DESK);
  await open('/plugins', 'Plugins');
  await page.locator('summary', { hasText: 'What it may do' }).first().click();
  await page.evaluate(() => window.scrollTo(0, 0));
  await shoot(page, 'plugins-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await open('/gallery', 'Gallery');
  await page.getByRole('img', { name: 'in use' }).nth(5).waitFor();
  await page.waitForFunction(() => [...document.images].slice(0, 6).every(({ naturalWidth }) => naturalWidth > 0));
  await shoot(page, 'gallery');
  await open('/activity', 'Activity');
  await page.waitForTimeout(SETTLE_MS);
  await shoot(page, 'activity');
  await open('/settings', 'Settings');
  await page.getByText('llama3.2').waitFor();
  await shoot(page, 'settings');
  await open('/settings/appearance', 'Appearance');
  await page.getByRole('radio', { name: 'High contrast' }).waitFor();
  await shoot(page, 'appearance');
}

async function open(path: string, heading: string): Promise<void> {
  await page.goto(product.url + path);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await page.waitForLoadState('networkidle');
}

async function shoot(of: Page, name: string): Promise<void> {
  await of.mouse.move(0, 0);
  await of.screenshot({ path: join(PICTURES, `${name}.png`) });
}
