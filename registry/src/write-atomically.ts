import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes a file that is there whole or not at all, also after a power cut; its owner's alone unless a mode is given. */
export async function writeAtomically(path: string, content: Uint8Array | string, mode = 0o600): Promise<void> {
  const folder = dirname(path);
  // In the same folder, as a rename is atomic only within one file system.
  const temporary = join(folder, `.${randomUUID()}.part`);
  try {
    await write(temporary, content, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function write(path: string, content: Uint8Array | string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(content);
  await file.sync();
}

/** Makes the rename itself durable; Windows cannot open folders, and needs it not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using folder = await open(path, 'r');
  await folder.sync();
}
