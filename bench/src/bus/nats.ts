import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createStage, type System } from './stage.ts';

const PROGRAM = 'nats-server';
/** Debian keeps servers where an ordinary user's PATH does not look. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];
const START_ATTEMPTS = 500;
const START_PAUSE_MS = 10;

/** The NATS server of this machine, when it has one. */
export function findNats(): System | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...MORE_FOLDERS];
  const program = folders.map((folder) => join(folder, PROGRAM)).find((file) => existsSync(file));
  return program === undefined ? undefined : { name: 'nats', open: () => openNats(program) };
}

async function openNats(program: string): ReturnType<System['open']> {
  const folder = await mkdtemp(join(tmpdir(), 'aico-bench-nats-'));
  const settings = join(folder, 'nats.conf');
  // A port of its own; a message of 1 MB is above the default limit once JSON surrounds it.
  await writeFile(
    settings,
    `listen: "127.0.0.1:-1"\nports_file_dir: "${folder}"\nmax_payload: 8388608\njetstream: { store_dir: "${folder}" }\n`,
  );
  const server = spawn(program, ['-c', settings], { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const url = await readUrl(folder);
  return createStage(
    undefined,
    async () => ({ system: 'nats', url }),
    async () => {
      server.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  );
}

/** The server writes down the port that it took. */
async function readUrl(folder: string): Promise<string> {
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    const file = (await readdir(folder)).find((name) => name.endsWith('.ports'));
    const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
    const [url] = text === '' ? [] : (JSON.parse(text) as { nats: string[] }).nats;
    if (url !== undefined) return url;
    await delay(START_PAUSE_MS);
  }
  throw new Error(`${PROGRAM} did not start`);
}
