import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop, say, since } from './say.mjs';

const PROGRESS_INTERVAL_MS = 5000;
const FLAGS = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** Installs what the lock file pins, unless exactly that is installed already. */
export async function ensureInstalled(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = join(root, 'node_modules', '.aico-install');
  const wanted = createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const packages = JSON.parse(lock.toString()).packages;
  if (!matchesInstalled(root, packages)) await install(root, packages);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Whether npm's own record of node_modules holds every locked package in its locked version. */
function matchesInstalled(root, packages) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(packages).every(
    ([path, { optional, version }]) =>
      !path.includes('node_modules/') || installed[path]?.version === version || (optional && !installed[path]),
  );
}

async function install(root, packages) {
  const total = Object.keys(packages).filter((path) => path.includes('node_modules/')).length;
  const startedAt = performance.now();
  say(`• Installing up to ${total} packages, checked against the lock file. Only the first time takes this long.`);
  const ticking = setInterval(() => {
    say(`  … ${countUnpacked(join(root, 'node_modules'))} packages unpacked after ${since(startedAt)}`);
  }, PROGRESS_INTERVAL_MS);
  try {
    const code = await npm(root, ['ci', ...FLAGS]);
    if (code !== 0) {
      throw new Stop(
        `npm could not install the dependencies (exit code ${code}; its own words are above).\n` +
          '  Check the network connection and the free disk space (about 1 GB), then run the command again.',
      );
    }
  } finally {
    clearInterval(ticking);
  }
  say(`✓ Installed in ${since(startedAt)}`);
}

/** How many packages are unpacked: npm makes all folders first, and fills them one by one. */
function countUnpacked(folder) {
  if (!existsSync(folder)) return 0;
  let count = 0;
  for (const name of readdirSync(folder)) {
    if (name.startsWith('@')) count += countUnpacked(join(folder, name));
    else if (existsSync(join(folder, name, 'package.json'))) count += 1;
  }
  return count;
}

/** Runs the npm that started us, else the one on PATH. */
function npm(root, args) {
  const script = process.env.npm_execpath;
  const [program, prefix] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  return new Promise((resolve, reject) => {
    // On Windows npm is a .cmd file, which only a shell runs.
    const shell = program === 'npm' && process.platform === 'win32';
    const child = spawn(program, [...prefix, ...args], { cwd: root, stdio: ['ignore', 2, 2], shell });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
