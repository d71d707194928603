import { AicoError, type ErrorCode } from '@aico/sdk';

/** What failed, for the words of an error. */
export interface Exchanged {
  readonly plugin: string;
  readonly host: string;
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNRESET: 'NET_CUT_OFF',
  EPIPE: 'NET_CUT_OFF',
};
const UNREADABLE = /^(HPE_|ERR_HTTP|Z_|ERR__ERROR_|ERR_BROTLI|ERR_STREAM_PREMATURE)/;
const CERTIFICATE = /CERT|^ERR_TLS|^ERR_SSL|^EPROTO|SELF_SIGNED|UNABLE_TO/;

/**
 * What Node threw, as an error of the table. The cause is left out: it may quote a header or a path.
 * @param signal whose reason, if it is an error of the table, is the true one
 */
export function failureOf(
  error: unknown,
  { plugin, host }: Exchanged,
  signal: AbortSignal,
  maxHeaderBytes: number,
): unknown {
  if (signal.aborted && signal.reason instanceof AicoError) return signal.reason;
  if (error instanceof AicoError || signal.aborted) return error;
  const code = codeOf(error);
  const problem = code.toLowerCase().replaceAll('_', ' ');
  const failure = (as: ErrorCode, details: Record<string, string | number> = {}): AicoError =>
    new AicoError(as, { subject: plugin, details: { host, ...details } });
  if (code === 'HPE_HEADER_OVERFLOW')
    return failure('NET_RESPONSE_TOO_LARGE', { limit: maxHeaderBytes, part: 'headers' });
  if (CERTIFICATE.test(code)) return failure('NET_CERTIFICATE_REFUSED', { problem });
  if (UNREADABLE.test(code)) return invalid({ plugin, host }, problem);
  return failure(CODES[code] ?? 'NET_UNREACHABLE');
}

/** An answer that is none. */
export function invalid({ plugin, host }: Exchanged, problem: string): AicoError {
  return new AicoError('NET_RESPONSE_INVALID', { subject: plugin, details: { host, problem } });
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code.slice(0, 60) : 'UNKNOWN';
}
