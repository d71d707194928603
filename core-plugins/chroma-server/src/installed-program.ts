import { existsSync } from 'node:fs';

/** The command of npm's chromadb below a folder, or undefined when it is not there. */
export function programIn(folder: string): string | undefined {
  const path = `${folder.replace(/\/$/, '')}/node_modules/chromadb/dist/cli.mjs`;
  return folder !== '' && existsSync(path) ? path : undefined;
}
