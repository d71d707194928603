import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { PluginReference } from '@aico/kernel/contracts';
import { AicoError, type ErrorCode, type Manifest } from '@aico/schemas';
import { checkSettings, type PluginSettings } from '../../configuration/check-settings.ts';
import { readSettings, type Settings, type SettingsInput } from '../../configuration/read-settings.ts';
import { resolveSettings, valuesIn } from '../../configuration/resolve-settings.ts';
import { compileSchema } from '../../configuration/schema-check.ts';
import { askFacts } from '../../door/door-client.ts';
import type { HomeFolders } from '../../home/home-folders.ts';
import { isFolderOpen, openFolderOf } from '../../home/left-open.ts';
import type { InstallFolders } from '../../install-folders.ts';
import { problemOf } from '../../problem.ts';
import { openPackageStore, readTrust } from '../../source/open-package-store.ts';
import { hostAddress } from '../bus-session.ts';
import { type Finding, failed, find, ok, skipped, warning } from './finding.ts';
import { checkPlainStore } from './plain-store-check.ts';

const NOT_RUNNING: ErrorCode = 'HOST_NOT_RUNNING';
const LOOPBACK = '127.0.0.1';

interface Inspected {
  readonly reference: PluginReference;
  readonly manifest?: Manifest;
  readonly error?: unknown;
}

/** Whether the build, its plugins and the settings are right, and whether it could listen. */
export async function productChecks(
  input: SettingsInput,
  folders: HomeFolders,
  install: InstallFolders,
): Promise<Finding[]> {
  const build = await find('build', () => checkBuild(install));
  const trust = await find('trust', () => checkTrust(install, folders));
  if (build.state === 'failed' || trust.state === 'failed') return [build, trust];
  const inspected = await inspect(install, folders);
  const running = await find('host', () => checkRunning(folders));
  return [
    build,
    trust,
    checkSignatures(inspected),
    await find('settings', () => checkAllSettings(input, inspected)),
    running,
    ...checkLeftOpen(folders, running),
    await find('port', () => checkPort(input, inspected, running)),
    ...(await checkPlainStore({
      pluginsFile: folders.pluginsFile,
      manifestOf: (id) => manifestOf(inspected, id),
      settings: readSettings(input),
    })),
  ];
}

function checkBuild({ packages, trustFile }: InstallFolders): Finding {
  if (existsSync(packages) && existsSync(trustFile)) return ok('build', packages);
  return failed('build', new AicoError('HOST_BUILD_MISSING', { subject: packages }));
}

async function checkTrust(install: InstallFolders, folders: HomeFolders): Promise<Finding> {
  const keys = await readTrust(install.trustFile, folders.trustFile);
  const trusted = [...keys.values()].filter(({ revoked }) => !revoked);
  return ok('trust', `${trusted.length} trusted ${trusted.length === 1 ? 'key' : 'keys'}`);
}

async function inspect(install: InstallFolders, folders: HomeFolders): Promise<Inspected[]> {
  const store = openPackageStore(install, folders);
  const references = await store.list();
  return Promise.all(
    references.map(async (reference): Promise<Inspected> => {
      try {
        return { reference, manifest: (await store.load(reference)).manifest };
      } catch (error) {
        return { reference, error };
      }
    }),
  );
}

function manifestOf(inspected: readonly Inspected[], id: string): Manifest | undefined {
  return inspected.find(({ reference }) => reference.id === id)?.manifest;
}

function checkSignatures(inspected: readonly Inspected[]): Finding {
  const bad = inspected.find(({ error }) => error !== undefined);
  if (bad === undefined) return ok('plugins', `${inspected.length} packages, all signatures right`);
  return failed('plugins', bad.error);
}

function checkAllSettings(input: SettingsInput, inspected: readonly Inspected[]): Finding {
  const settings = readSettings(input);
  const plugins = inspected.map(
    ({ reference, manifest }): PluginSettings => ({
      id: reference.id,
      schema: manifest === undefined ? 'unreadable' : manifest.configuration,
    }),
  );
  const [first] = [...settings.errors, ...checkSettings(settings.layers, plugins)];
  return first === undefined ? ok('settings', settingsText(settings)) : failed('settings', first);
}

function settingsText({ distribution, folders }: Settings): string {
  const file = existsSync(folders.settingsFile) ? folders.settingsFile : 'no file';
  return `distribution ${distribution.name}, ${file}`;
}

async function checkRunning(folders: HomeFolders): Promise<Finding> {
  const facts = await askFacts(hostAddress(folders));
  if (facts === undefined) return { ...ok('host', 'not running'), code: NOT_RUNNING };
  return ok('host', `${facts.state}, process ${facts.processId}, version ${facts.version}`);
}

/** Told only when there is something to do. */
function checkLeftOpen(folders: HomeFolders, running: Finding): Finding[] {
  if (running.code !== NOT_RUNNING || !isFolderOpen(folders)) return [];
  const path = openFolderOf(folders);
  const message = `${path} is still open, since AICO was killed: who can use your account reads what is in it.`;
  return [warning('open folder', message, `Start AICO, which closes it, or run: fusermount3 -u -z "${path}"`)];
}

/** The port that the gateway would listen on. */
async function checkPort(input: SettingsInput, inspected: readonly Inspected[], running: Finding): Promise<Finding> {
  const schema = manifestOf(inspected, 'gateway')?.configuration;
  if (schema === undefined) return skipped('port', 'there is no gateway');
  if (running.code !== NOT_RUNNING) return skipped('port', 'it runs');
  const check = compileSchema('gateway', schema);
  const { port } = valuesIn(resolveSettings('gateway', check, readSettings(input).layers));
  if (typeof port !== 'number') return skipped('port', 'the gateway has no port');
  const problem = await problemWithPort(port);
  if (problem === undefined) return ok('port', `${LOOPBACK}:${port} is free`);
  const fix = 'End the other program, or choose another port with AICO_PLUGINS_GATEWAY_PORT.';
  return { name: 'port', state: 'failed', message: `${LOOPBACK}:${port}: ${problem}`, fix };
}

function problemWithPort(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'another program listens there' : problemOf(error)),
    );
    server.listen(port, LOOPBACK, () => server.close(() => resolve(undefined)));
  });
}
