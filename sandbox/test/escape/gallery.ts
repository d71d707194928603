import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Attack } from './attack.ts';
import type { RawAttack } from './raw-attack.ts';

/** Every attack by a plugin, one file each. */
export function loadAttacks(): Promise<Attack[]> {
  return load<Attack>('attacks');
}

/** Every attack from a process whose isolate is assumed broken, one file each. */
export function loadRawAttacks(): Promise<RawAttack[]> {
  return load<RawAttack>('raw-attacks');
}

async function load<Kind>(folder: string): Promise<Kind[]> {
  const root = join(import.meta.dirname, folder);
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  return Promise.all(
    files.map(async (name) => {
      const module = (await import(/* @vite-ignore */ pathToFileURL(join(root, name)).href)) as { default: Kind };
      return module.default;
    }),
  );
}
