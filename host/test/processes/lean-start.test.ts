import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { environmentOf, HOST, temporaryHome } from '../../../test/support/product.ts';

/** Tells each module that is loaded, on standard error. */
const TELLS = `data:text/javascript,import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { process.stderr.write('loads ' + url + '\\n'); return next(url, context); } });`;
/** Large packages that only single commands need. */
const HEAVY = ['ajv', 'fastify', 'zeromq', '@libsql', 'rolldown'];

test('a command loads nothing that it has no use for, so that it answers at once [SVC-1]', async () => {
  const home = await temporaryHome();
  const running = promisify(execFile)(process.execPath, ['--import', TELLS, HOST, 'status'], {
    env: environmentOf(home),
  });
  const { stderr, stdout } = (await running.catch((error: unknown) => error)) as { stderr: string; stdout: string };
  const loaded = stderr.split('\n').filter((line) => line.startsWith('loads '));
  expect(stdout + stderr).toContain('AICO does not run');
  expect(loaded.length).toBeGreaterThan(20);
  expect(loaded.filter((line) => HEAVY.some((name) => line.includes(`/node_modules/${name}/`)))).toEqual([]);
});
