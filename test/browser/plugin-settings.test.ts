import { expect, test } from 'vitest';
import { Product, temporaryHome } from '../support/product.ts';
import { packStranger, trustStranger } from '../support/stranger.ts';
import { requireChromium } from '../support/system-tools.ts';
import { composer, eventually, say, walkWizard } from './support/app.ts';
import { findBarriers } from './support/axe.ts';
import { openWindow } from './support/browser.ts';

const CODE = `export default { async activate({ bus, config }) {
  await bus.serve('plugin.greeter.command.run.v1', () => ({ text: config.get('greeting') + '!'.repeat(config.get('marks')) }));
} };`;
const CONFIGURATION = {
  type: 'object',
  properties: {
    greeting: { type: 'string', default: 'Hello', maxLength: 20, description: 'What it says.' },
    marks: { type: 'integer', default: 1, minimum: 0, maximum: 3 },
    loud: { type: 'boolean', default: false },
    token: { type: 'string', writeOnly: true },
    tone: { type: 'string', enum: ['warm', 'dry'], default: 'warm' },
  },
};

test('a plugin’s settings are a form that takes effect at once, refuses what does not fit, and goes back [PLG-5, UI-1]', async (context) => {
  requireChromium(context);
  const home = await temporaryHome();
  await trustStranger(home);
  const product = await Product.start({ home });
  const contributes = { commands: [{ name: 'greet', description: 'Greets' }] };
  const packed = await packStranger(home, 'greeter', CODE, {
    name: 'Greeter',
    configuration: CONFIGURATION,
    contributes,
  });
  expect((await product.aico('plugin', 'install', packed)).code).toBe(0);
  await product.aico('plugin', 'enable', 'greeter');
  const { page, faults } = await openWindow(context, product.url, { reducedMotion: 'reduce' });
  await walkWizard(page);
  await page.goto(`${product.url}/plugins/greeter`);
  const greeting = page.getByLabel('Greeting', { exact: true });
  await greeting.fill('Ahoy');
  const token = page.getByLabel('Token', { exact: true });
  await page.getByPlaceholder('Not set').waitFor();
  await token.fill('a hidden token');
  await page.getByLabel('Marks', { exact: true }).fill('9');
  await page.getByLabel('Tone', { exact: true }).selectOption('dry');
  await page.getByLabel('Loud', { exact: true }).check();
  await page.getByRole('alert').filter({ hasText: '3' }).waitFor();
  await page.getByRole('button', { name: 'Back to the default: Greeting' }).waitFor();
  await page.getByRole('button', { name: 'Back to the default: Loud' }).waitFor();
  await page.getByPlaceholder('Set; type to replace it').waitFor();
  expect([await token.inputValue(), await token.getAttribute('type')]).toEqual(['', 'password']);
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    expect(await findBarriers(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Talk' }).click();
  await composer(page).waitFor();
  expect(await say(page, '/greet')).toContain('Ahoy!');
  await page.goto(`${product.url}/plugins/greeter`);
  await page.getByRole('button', { name: 'Back to the default: Greeting' }).click();
  await eventually(() => greeting.inputValue()).toBe('Hello');
  expect(faults).toEqual([]);
}, 120_000);
