import { AicoError, type SqlValue } from '@aico/sdk';

/** What libSQL takes and gives. Booleans would end its process, and fractions and integers are told apart by type. */
export type NativeValue = string | number | bigint | Buffer | null;

/** A value of a message as libSQL takes it. @throws AicoError STORAGE_SQL_INVALID */
export function toNative(plugin: string, value: SqlValue): NativeValue {
  switch (typeof value) {
    case 'string':
      // libSQL would cut the text there without a word.
      if (value.includes('\u0000')) throw invalid(plugin, 'text with a NUL character must be sent as bytes');
      return value.toWellFormed();
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'boolean':
      return value ? 1n : 0n;
    default:
      return value === null ? null : Buffer.from(value.base64, 'base64');
  }
}

/** A value of libSQL as it travels. Integers beyond 2^53 become decimal text rather than other numbers. */
export function fromNative(value: NativeValue): SqlValue {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || typeof value === 'string') return value;
  return { base64: Buffer.from(value).toString('base64') };
}

/** About how many bytes a value takes in an answer. */
export function sizeOf(value: SqlValue): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'object' && value !== null) return value.base64.length + 13;
  return 8;
}

function invalid(plugin: string, problem: string): AicoError {
  return new AicoError('STORAGE_SQL_INVALID', { subject: plugin, details: { problem } });
}
