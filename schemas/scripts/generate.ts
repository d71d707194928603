// Writes what follows from the sources: `node schemas/scripts/generate.ts`; with --check, tells what has drifted instead.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkSources } from './check-sources.ts';
import { generateFiles } from './generate-files.ts';
import { readSources } from './sources.ts';

const root = join(import.meta.dirname, '../..');
const sources = readSources(join(root, 'schemas'));
const problems = checkSources(sources);
if (problems.length > 0) fail(problems);

const files = await generateFiles(sources);
const drifted = [...files].filter(([path, content]) => read(join(root, path)) !== content);
if (process.argv.includes('--check')) {
  if (drifted.length > 0)
    fail(drifted.map(([path]) => `${path} does not follow from its sources: run "npm run generate"`));
  process.stdout.write(`${files.size} generated files follow from their sources.\n`);
} else {
  for (const [path, content] of drifted) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    process.stdout.write(`wrote ${path}\n`);
  }
  process.stdout.write(`${files.size} files generated, ${drifted.length} changed.\n`);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
