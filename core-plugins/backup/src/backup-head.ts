import type { BackupInfo } from '@aico/sdk';
import { isEpoch } from './epoch-keys.ts';

/** What can be read of a backup without a key. */
export interface BackupHead {
  readonly info: BackupInfo;
  /** The vault's own file: with the password it gives the key. */
  readonly vault: string;
  /** Whose key it opens with; none in the first format. */
  readonly epoch?: string;
  /** Which AICO made it, of those that use one folder; a random name. Backups of before do not tell. */
  readonly origin?: string;
}

const ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;
const ORIGIN = /^[0-9a-f]{16}$/;
const MOST_VERSION_CHARACTERS = 40;
const COUNTS = ['bytes', 'newBytes', 'files', 'databases', 'leftOut'] as const;

/** The head that is written in a backup's file, by whoever wrote to its folder; undefined when it is none. */
export function parseHead(text: string): BackupHead | undefined {
  const { info, vault, epoch, origin } = recordOf(parse(text));
  const told = recordOf(info);
  const isTold =
    isLike(ID, told['id']) &&
    isLike(TIME, told['createdAt']) &&
    typeof told['version'] === 'string' &&
    told['version'] !== '' &&
    told['version'].length <= MOST_VERSION_CHARACTERS &&
    COUNTS.every((name) => Number.isSafeInteger(told[name]) && Number(told[name]) >= 0) &&
    Object.keys(told).length === COUNTS.length + 3;
  const isEpochTold = epoch === undefined || (typeof epoch === 'string' && isEpoch(epoch));
  if (!isTold || typeof vault !== 'string' || !isEpochTold) return undefined;
  return {
    info: told as unknown as BackupInfo,
    vault,
    ...(epoch !== undefined && { epoch }),
    ...(isLike(ORIGIN, origin) && { origin: String(origin) }),
  };
}

function isLike(form: RegExp, value: unknown): boolean {
  return typeof value === 'string' && form.test(value);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
