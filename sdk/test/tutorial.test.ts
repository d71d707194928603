import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const AICO = join(ROOT, 'host/dist/main.js');
/** What needs no AICO that runs; the rest is walked in test/system/author.test.ts. */
const ALONE = /^aico plugin (create|validate|test|pack|sign|verify|publish) /;

let desk = '';

// Outside of the checkout, as for whoever follows it.
beforeAll(async () => {
  desk = await realpath(await mkdtemp(join(tmpdir(), 'aico-tutorial-')));
});
afterAll(() => rm(desk, { recursive: true, force: true }));

test('the plugin of docs/plugins.md is what its commands make, and passes its test [PLG-9]', async () => {
  const { json, ts, sh } = await readBlocks('docs/plugins.md');
  const [manifest = '', addition = '', ...restJson] = json;
  const [first, second = '', spec = '', ...restTs] = ts;
  expect([restJson, restTs]).toEqual([[], []]);
  const readme = await readBlocks('README.md');
  expect([readme.json, readme.ts]).toEqual([[manifest], [first]]);
  // The README's commands are some of these, in their order.
  expect(sh.filter((line) => readme.sh.includes(line))).toEqual(readme.sh);

  const [create = '', ...others] = sh.filter((line) => ALONE.test(`${line} `));
  await aico(`${create} --author You`, desk);
  const plugin = join(desk, 'hello');
  expect(await readFile(join(plugin, 'plugin.json'), 'utf8')).toBe(manifest);
  expect(await readFile(join(plugin, 'src/index.ts'), 'utf8')).toBe(first);
  // As it was made, and then as the document changes it.
  for (const line of ['aico plugin validate', 'aico plugin test']) await aico(line, plugin);
  await writeFile(join(plugin, 'plugin.json'), JSON.stringify({ ...JSON.parse(manifest), ...JSON.parse(addition) }));
  await writeFile(join(plugin, 'src/index.ts'), second);
  await writeFile(join(plugin, 'test/hello.test.ts'), spec);
  const said = new Map<string, string>();
  for (const line of others) said.set(line, await aico(line, plugin));
  expect(said.get('aico plugin test')).toMatch(/greets and counts[\s\S]*pass 1/);
  expect([...said.keys()].map((line) => line.split(' ')[2])).toEqual([
    'validate',
    'test',
    'pack',
    'sign',
    'verify',
    'publish',
  ]);
});

/** The code blocks of a document: those of data and code as they are, and the lines of those for the terminal. */
async function readBlocks(file: string): Promise<Readonly<Record<'json' | 'ts' | 'sh', string[]>>> {
  const text = await readFile(join(ROOT, file), 'utf8');
  const of = (language: string): string[] =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code ?? '');
  const lines = of('sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));
  return { json: of('json'), ts: of('ts'), sh: lines };
}

/** Runs a line of the document as it stands, with a config folder of the test's own. @throws when it fails */
async function aico(line: string, cwd: string): Promise<string> {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: desk, XDG_CONFIG_HOME: join(desk, 'config'), AICO_HOME: join(desk, 'home') };
  const [, ...args] = line.split(' ');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [AICO, ...args], { cwd, env });
  return stdout + stderr;
}
