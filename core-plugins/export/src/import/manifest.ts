import { AicoError, type ExportManifest } from '@aico/sdk';
import { explain, validators } from '@aico/sdk/protocol';
import { MANIFEST } from '../run-export.ts';

/** The manifest of an export that can be read here. @throws AicoError EXPORT_UNREADABLE, EXPORT_NEWER */
export function parseManifest(bytes: Uint8Array): ExportManifest {
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
