import { AicoError, type ErrorReport, isAicoError } from '@aico/sdk';

/** An error on its way to a browser. */
export interface ErrorAnswer {
  readonly status: number;
  readonly report: ErrorReport;
  readonly headers: Readonly<Record<string, string>>;
}

/** Puts any thrown thing into the one form; what is not of the error table says nothing of the inside. */
export function toErrorAnswer(error: unknown, subject: string, bodyLimit: number): ErrorAnswer {
  const known = isAicoError(error) ? error : fromFastify(error, subject, bodyLimit);
  const retryAfterMs = known.details['retryAfterMs'];
  const headers = typeof retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } : {};
  return { status: known.status, report: known.toReport(), headers };
}

/** The report for a WebSocket, or for a body written by hand. */
export function toReport(error: unknown, subject: string): ErrorReport {
  return toErrorAnswer(error, subject, 0).report;
}

function fromFastify(error: unknown, subject: string, bodyLimit: number): AicoError {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new AicoError('GATEWAY_BODY_TOO_LARGE', { subject, details: { limit: bodyLimit } });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new AicoError('GATEWAY_BODY_TYPE_REFUSED', { subject });
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AicoError('GATEWAY_BODY_MALFORMED', { subject });
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return malformed(subject, 'its path is not one');
    default:
      if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
        return malformed(subject, String(code));
      return new AicoError('GATEWAY_FAILED', { subject, cause: error });
  }
}

function malformed(subject: string, problem: string): AicoError {
  return new AicoError('GATEWAY_REQUEST_MALFORMED', { subject, details: { problem } });
}
