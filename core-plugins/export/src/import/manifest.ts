import { AicoError, type ExportManifest } from '@aico/sdk';
import { explain, validators } from '@aico/sdk/protocol';
import { MANIFEST } from '../run-export.ts';
import type { Reader } from './reader.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/** Takes the manifest of an export that can be imported. @throws AicoError EXPORT_UNREADABLE, EXPORT_NEWER */
export class ManifestReader implements Reader {
  readonly #read: (manifest: ExportManifest) => void;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(read: (manifest: ExportManifest) => void) {
    this.#read = read;
  }

  async take(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES) throw unreadable('it is too long');
    this.#pieces.push(bytes);
  }

  async end(): Promise<void> {
    const manifest = parseManifest(Buffer.concat(this.#pieces));
    if (!manifest.formats.includes('jsonl'))
      throw unreadable('it holds no JSON Lines, and nothing else can be imported');
    this.#read(manifest);
  }
}

function parseManifest(bytes: Uint8Array): ExportManifest {
  let value: Partial<Record<keyof ExportManifest, unknown>>;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) ?? {};
  } catch {
    throw unreadable('it is no JSON');
  }
  if (value.format !== 'aico-export') throw unreadable('it is not the manifest of an export');
  const { version } = value;
  if (typeof version === 'number' && version > 1)
    throw new AicoError('EXPORT_NEWER', { subject: MANIFEST, details: { version } });
  const isValid = validators['export#ExportManifest'];
  if (!isValid(value)) throw unreadable(explain(isValid).sentence);
  const manifest = value as ExportManifest;
  const paths = new Set(manifest.files.map(({ path }) => path));
  if (paths.size < manifest.files.length) throw unreadable('it names a file twice');
  return manifest;
}

export function unreadable(problem: string): AicoError {
  return new AicoError('EXPORT_UNREADABLE', { subject: MANIFEST, details: { problem: problem.slice(0, 300) } });
}
