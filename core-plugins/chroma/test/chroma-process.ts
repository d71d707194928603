import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface RunningChroma {
  readonly url: string;
  /** Removes every collection. */
  clear(): Promise<void>;
  end(): Promise<void>;
}

const START_MS = 30_000;
const API = '/api/v2/tenants/default_tenant/databases/default_database/collections';

/** Chroma's server from its npm package, with its data in a folder that goes with it. */
export async function startChroma(installed: string): Promise<RunningChroma> {
  const data = mkdtempSync(join(tmpdir(), 'aico-chroma-data-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const cli = join(installed, 'node_modules/chromadb/dist/cli.mjs');
  const options = { stdio: 'ignore' as const, cwd: data };
  const child = spawn(process.execPath, [cli, 'run', '--path', data, '--port', String(port)], options);
  const ended = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  const deadline = performance.now() + START_MS;
  while (!(await fetch(`${url}/api/v2/heartbeat`).catch(() => undefined))?.ok) {
    if (performance.now() > deadline || child.exitCode !== null) {
      await end();
      throw new Error(`Chroma in ${installed} does not start.`);
    }
    await pause(50);
  }
  return {
    url,
    clear: async () => {
      const collections = (await (await fetch(`${url}${API}`)).json()) as { name: string }[];
      for (const { name } of collections) await fetch(`${url}${API}/${name}`, { method: 'DELETE' });
    },
    end,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
