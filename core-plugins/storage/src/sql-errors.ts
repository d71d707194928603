import { AicoError, type ErrorCode, isAicoError } from '@aico/sdk';

const CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^SQLITE_CONSTRAINT/, 'STORAGE_CONSTRAINT'],
  [/^(SQLITE_FULL|SQLITE_IOERR_WRITE|ENOSPC|EDQUOT)/, 'STORAGE_FULL'],
  [
    /^(SQLITE_READONLY|SQLITE_PERM|SQLITE_CANTOPEN|EROFS|EACCES|EPERM|ENOTDIR|ENOENT|ERR_ACCESS_DENIED)/,
    'STORAGE_READONLY',
  ],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, 'STORAGE_DAMAGED'],
  [/^(SQLITE_IOERR|EIO)/, 'STORAGE_DISK_FAILED'],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, 'STORAGE_BUSY'],
  [/^SQLITE_INTERRUPT/, 'STORAGE_TIMEOUT'],
  [/^SQLITE_NOMEM/, 'STORAGE_MEMORY'],
];

/** What the database or the disk said, as a typed error about a plugin's database. */
export function storageError(plugin: string, file: string, cause: unknown): AicoError {
  if (isAicoError(cause)) return cause;
  const { code = '', message = '' } = cause as { code?: string; message?: string };
  // A connection that cannot be made says so in its text alone.
  const known = message.startsWith('ConnectionFailed') ? 'SQLITE_CANTOPEN' : code;
  const found = CODES.find(([pattern]) => pattern.test(known))?.[1] ?? 'STORAGE_SQL_INVALID';
  const problem = (found === 'STORAGE_SQL_INVALID' || found === 'STORAGE_CONSTRAINT' ? message : known).slice(0, 200);
  return new AicoError(found, { subject: plugin, details: { problem, file }, cause });
}
