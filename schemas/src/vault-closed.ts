import { isAicoError } from './aico-error.ts';
import type { ErrorCode } from './generated/errors.ts';

const CLOSED: readonly ErrorCode[] = [
  'VAULT_LOCKED',
  'VAULT_EMPTY',
  'KERNEL_NO_SERVER',
  'KERNEL_SERVER_GONE',
  'KERNEL_REQUEST_TIMEOUT',
];

/** Whether a request to the vault failed because it is locked, has no password yet, or does not run. */
export function isVaultClosed(error: unknown): boolean {
  return isAicoError(error) && CLOSED.includes(error.code);
}
