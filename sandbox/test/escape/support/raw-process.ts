import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_QUOTA } from '@aico/kernel';
import type { PeerCredentials, RunRequest } from '@aico/kernel/contracts';
import { PluginProcess } from '../../../src/child-process.ts';
import { type BubblewrapState, probeBubblewrap } from '../../../src/launch/bubblewrap.ts';
import { type LaunchPlan, planLaunch } from '../../../src/launch/launch-plan.ts';
import { LauncherThread } from '../../../src/launcher/launcher-thread.ts';
import type { Layers, RawAttack } from '../raw-attack.ts';
import type { Names } from './places.ts';

const PATIENCE_MS = 20_000;
/** Written before what an attack got. */
const GOT = 'GOT ';

/** Names for an attack from a broken process: besides the baits, what a plugin's own process knows. */
export interface RawNames extends Names {
  readonly neighbourSocket: string;
  readonly abstractSocket: string;
}

/** How one attack ended. */
export interface RawFinding {
  readonly title: string;
  readonly layers: Layers;
  /** What it got; undefined when it got nothing. */
  readonly got: string | undefined;
  /** Why not, in the words of what refused it. */
  readonly refusal: string;
}

/** The entry, and the two addons that it is told of. */
const PARAMETERS = 3;

/** Runs an attack with the flags and wrapper of an isolated plugin's process, in place of its entry. */
export async function runRaw(
  attack: RawAttack,
  layers: Layers,
  credentials: PeerCredentials,
  names: RawNames,
): Promise<RawFinding> {
  const plan = await planRaw(attack, layers, credentials, names);
  const launcher = new LauncherThread(names.runtimeFolder);
  const child = await PluginProcess.start(launcher, plan);
  // As for a plugin, whose process never says that it is up.
  void child.begin(plan, new Map(), PATIENCE_MS).catch(() => {});
  const lines: string[] = [];
  child.log.onLine(({ message }) => lines.push(message));
  const late = delay(PATIENCE_MS, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
  await Promise.race([child.exited, late]);
  await child.exited;
  const got = lines.find((line) => line.startsWith(GOT));
  return {
    title: attack.title,
    layers,
    got: got?.slice(GOT.length),
    refusal: lines
      .filter((line) => !line.startsWith(GOT))
      .join(' | ')
      .slice(0, 200),
  };
}

async function planRaw(
  attack: RawAttack,
  layers: Layers,
  credentials: PeerCredentials,
  names: RawNames,
): Promise<LaunchPlan> {
  const request: RunRequest = {
    package: {
      manifest: {
        id: 'raw',
        name: 'raw',
        version: '1.0.0',
        description: 'x',
        author: 'x',
        tier: 'isolated',
        main: 'x.js',
        engines: { aico: '*' },
        permissions: [],
      },
      files: new Map(),
      signer: { keyId: 'x', name: 'x' },
      tier: 'isolated',
      digest: '0'.repeat(64),
    },
    incarnation: 'raw-1',
    grants: [],
    quota: DEFAULT_QUOTA,
    configuration: {},
  };
  const off: BubblewrapState = { on: false, why: 'left out' };
  const plan = await planLaunch(request, credentials, {
    runtimeFolder: names.runtimeFolder,
    dataFolderOf: () => names.neighbourData,
    homeFolder: names.runtimeFolder,
    bubblewrap: () => (!isWrapped(layers) ? Promise.resolve(off) : probeBubblewrap()),
  });
  const entry = plan.parameters.at(-PARAMETERS) as string;
  const wrapped = isWrapped(layers);
  const own = { entry, ownSocket: credentials.address, ownNetwork: wrapped, ownProcesses: wrapped };
  const script = scriptOf(attack, { ...names, ...own }, isPermitted(layers));
  const before = plan.parameters.slice(0, -PARAMETERS);
  if (layers === 'none') return { ...plan, parameters: ['-e', script] };
  if (isPermitted(layers)) return { ...plan, parameters: [...before, '-e', script] };
  const end = before.indexOf('--') + 1;
  return { ...plan, parameters: [...before.slice(0, end), process.execPath, '-e', script] };
}

function isWrapped(layers: Layers): boolean {
  return layers === 'both' || layers === 'bubblewrap';
}

/** Whether Node's permission model stands. */
function isPermitted(layers: Layers): boolean {
  return layers === 'both' || layers === 'node permissions';
}

/** Gives up what the entry has given up before any code of a plugin runs, then attacks. */
function scriptOf({ body }: RawAttack, names: object, permissions: boolean): string {
  return `
    const PLACES = ${JSON.stringify(names)};
    ${permissions ? "['addon', 'net', 'fs.read'].forEach((each) => process.permission.drop(each));" : ''}
    const say = (text) => require('node:fs').writeSync(1, text.slice(0, 2000).replaceAll('\\n', ' ') + '\\n');
    process.on('uncaughtException', (error) => { say('refused: ' + (error.code ?? error.message)); process.exit(1); });
    (async () => { ${body} })().then(
      (got) => say(got ? '${GOT}' + got : 'refused: nothing there'),
      (error) => say('refused: ' + (error.cause?.code ?? error.code ?? error.message)),
    ).then(() => process.exit(0));
  `;
}
