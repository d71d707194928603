import { createHash } from 'node:crypto';
import { AicoError } from '@aico/sdk';
import { type BackupHead, parseHead } from './backup-head.ts';
import { type BackupKeys, NAME_BYTES, openBytes, sealBytes } from './chunk-seal.ts';

/*
 * A backup: magic 8 · format 1 · length of the head 4 · the head, JSON, readable · the body, JSON, sealed and bound to the
 * head · SHA-256 of all before 32. Numbers are big-endian. The checksum tells damage from a wrong key.
 */
const MAGIC = Buffer.from('AICOBKUP');
/** The second has epochs, the third packed databases and what pieces are known by; the earlier ones are read on. */
export const BACKUP_FORMAT = 3;
const OLDEST_FORMAT = 1;
const HEAD_AT = MAGIC.length + 5;
const SUM_BYTES = 32;
/** What text can be, about: enough for a terabyte. */
const MOST_BODY_BYTES = 512 * 1024 * 1024;
export const BACKUP_SUFFIX = '.aico-backup';

/** A file of a backup. */
export interface BackedFile {
  /** In the data folder, with forward slashes. */
  readonly path: string;
  readonly size: number;
  /** Names of its chunks, base64, one behind the other. */
  readonly chunks: string;
  /** Its chunks are pieces that storage packed, and makes the file of again. */
  readonly packed?: true;
  /** What each chunk was known by, or all of it, base64: with the same marks the next backup needs to read nothing. */
  readonly marks?: string;
}

export interface BackupBody {
  readonly files: readonly BackedFile[];
  /** Plugins whose databases are in it. */
  readonly databases: readonly string[];
  readonly leftOut: readonly { readonly plugin: string; readonly code: string }[];
}

/** A backup's file as it was found. */
export interface ReadBackup extends BackupHead {
  open(keys: BackupKeys): BackupBody;
}

export function encodeBackup(keys: BackupKeys, head: BackupHead, body: BackupBody): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const start = Buffer.alloc(HEAD_AT);
  MAGIC.copy(start);
  start[MAGIC.length] = BACKUP_FORMAT;
  start.writeUInt32BE(text.length, MAGIC.length + 1);
  const opening = Buffer.concat([start, text]);
  const all = Buffer.concat([opening, sealBytes(keys, Buffer.from(JSON.stringify(body)), opening)]);
  return Buffer.concat([all, createHash('sha256').update(all).digest()]);
}

/** @throws AicoError BACKUP_DAMAGED, BACKUP_NEWER; from `open` BACKUP_KEY_WRONG, too */
export function decodeBackup(id: string, bytes: Buffer): ReadBackup {
  const damaged = (problem: string): AicoError =>
    new AicoError('BACKUP_DAMAGED', { subject: id, details: { problem } });
  if (bytes.length < HEAD_AT + SUM_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw damaged('it is cut, or no backup');
  const all = bytes.subarray(0, -SUM_BYTES);
  const found = bytes[MAGIC.length] ?? 0;
  const isWhole = createHash('sha256').update(all).digest().equals(bytes.subarray(-SUM_BYTES));
  // A newer form may have its checksum elsewhere, so that cannot be asked for first.
  if (found > BACKUP_FORMAT)
    throw new AicoError('BACKUP_NEWER', { subject: id, details: { found, known: BACKUP_FORMAT } });
  if (!isWhole) throw damaged('its bytes were changed or cut');
  if (found < OLDEST_FORMAT) throw damaged('it has no known form');
  const bodyAt = HEAD_AT + bytes.readUInt32BE(MAGIC.length + 1);
  if (bodyAt > all.length) throw damaged('its head is cut');
  const head = parseHead(all.toString('utf8', HEAD_AT, bodyAt));
  if (head === undefined) throw damaged('its head says nothing that is known');
  if (head.info.id !== id) throw damaged(`it is the backup ${head.info.id} under another name`);
  return {
    ...head,
    open(keys) {
      const body = openBytes(keys, all.subarray(bodyAt), all.subarray(0, bodyAt), MOST_BODY_BYTES);
      if (body === undefined) throw new AicoError('BACKUP_KEY_WRONG', { subject: id });
      return JSON.parse(body.toString()) as BackupBody;
    },
  };
}

/** Names of a file's chunks, in hex. */
export function chunksOf({ chunks }: BackedFile): string[] {
  const bytes = Buffer.from(chunks, 'base64');
  return Array.from({ length: bytes.length / NAME_BYTES }, (_, index) =>
    bytes.toString('hex', index * NAME_BYTES, (index + 1) * NAME_BYTES),
  );
}
