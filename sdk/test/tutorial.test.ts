import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const CONDITIONS = ['source', 'node', 'module'];
let folder = '';

// Within the checkout, so that the tutorial's imports resolve as they do for whoever follows it.
beforeAll(async () => {
  await mkdir(join(ROOT, '.build'), { recursive: true });
  folder = await mkdtemp(join(ROOT, '.build', 'tutorial-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the plugin of docs/plugins.md passes the test of docs/plugins.md [PLG-9]', async () => {
  const { json, ts } = await readBlocks('docs/plugins.md');
  const [manifest, addition, ...restJson] = json;
  const [first, second, spec, ...restTs] = ts;
  expect([restJson, restTs]).toEqual([[], []]);
  expect(await readBlocks('README.md')).toEqual({ json: [manifest], ts: [first] });

  const config = { resolve: { conditions: CONDITIONS }, ssr: { resolve: { conditions: CONDITIONS } } };
  await lay('plugin.json', JSON.stringify({ ...JSON.parse(manifest ?? ''), ...JSON.parse(addition ?? '') }));
  await lay('src/index.ts', second ?? '');
  await lay('test/hello.test.ts', spec ?? '');
  await lay('vitest.config.ts', `export default ${JSON.stringify(config)};`);
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [vitest, 'run', '--root', folder]);
  expect(stdout).toMatch(/1 passed/);
});

/** The code blocks of a document, by language. */
async function readBlocks(file: string): Promise<{ readonly json: string[]; readonly ts: string[] }> {
  const text = await readFile(join(ROOT, file), 'utf8');
  const of = (language: string): string[] =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code ?? '');
  return { json: of('json'), ts: of('ts') };
}

async function lay(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}
