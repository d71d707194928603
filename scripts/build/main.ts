import { join } from 'node:path';
import { takeBuildLock } from './build-lock.ts';
import { Fingerprints } from './fingerprint.ts';
import { findPluginFolders } from './plugin-folders.ts';
import { BuildFailure } from './run-tool.ts';
import { Stamps } from './stamps.ts';
import { runStep, type Workshop } from './step.ts';
import { buildConsole, bundleChildren, CONSOLE, compile, fillGallery, generate, makeKey, signPlugin } from './steps.ts';

const ROOT = join(import.meta.dirname, '..', '..');

async function build(workshop: Workshop): Promise<void> {
  const generated = await runStep(generate(ROOT), workshop);
  // What was generated is an input of all the rest, and must be looked at anew.
  const ready = generated ? { ...workshop, fingerprints: new Fingerprints(ROOT) } : workshop;
  await runStep(makeKey(ROOT), ready);
  const plugins = findPluginFolders(ROOT).map((folder) => buildPlugin(folder, ready));
  const results = await Promise.allSettled([
    runStep(compile(ROOT), ready),
    runStep(bundleChildren(ROOT), ready),
    ...plugins,
  ]);
  const failures = results.filter((result) => result.status === 'rejected');
  if (failures.length > 0) throw new AggregateError(failures.map((failure) => failure.reason));
  await runStep(fillGallery(ROOT), ready);
}

async function buildPlugin(folder: string, workshop: Workshop): Promise<void> {
  // Its pages go into its package, so they come first.
  if (folder === CONSOLE) await runStep(buildConsole(ROOT), workshop);
  await runStep(signPlugin(ROOT, folder), workshop);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function explain(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(explain).join('\n\n');
  if (error instanceof BuildFailure) return error.message;
  if (error instanceof Error && 'fix' in error && 'subject' in error)
    return `${error.subject}: ${error.message}\n  ${error.fix}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function buildAlone(release: () => void): Promise<void> {
  try {
    const stamps = new Stamps(join(ROOT, '.build/stamp.json'));
    await build({ root: ROOT, fingerprints: new Fingerprints(ROOT), stamps, say });
  } catch (error) {
    say(`\n✗ The build failed.\n${explain(error)}`);
    process.exitCode = 1;
  } finally {
    release();
  }
}

const release = await takeBuildLock(join(ROOT, '.build/lock'), say);
if (release !== undefined) await buildAlone(release);
