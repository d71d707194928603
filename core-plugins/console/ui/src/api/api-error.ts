import type { ErrorReport } from '@aico/sdk';

/** An error as the API reports it, or as the app finds it when there is no API to ask. */
export class ApiError extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport, options?: { readonly cause?: unknown }) {
    super(report.message, options);
    this.name = 'ApiError';
    this.report = report;
  }

  get code(): string {
    return this.report.code;
  }

  /** Milliseconds until the next try is allowed, where the error says so. */
  get retryAfterMs(): number | undefined {
    const value = this.report.details?.['retryAfterMs'];
    return typeof value === 'number' && value > 0 ? value : undefined;
  }
}

/** AICO is not running, or not reachable. */
export function daemonAway(cause?: unknown): ApiError {
  return new ApiError({ code: 'CONSOLE_DAEMON_AWAY', message: 'AICO cannot be reached.' }, { cause });
}

/** The answer is not what the contracts describe. */
export function answerUnreadable(subject: string, cause?: unknown): ApiError {
  const message = `The answer to "${subject}" cannot be read.`;
  return new ApiError({ code: 'CONSOLE_ANSWER_UNREADABLE', message, subject }, { cause });
}

/** Reads an error from an answer's body: the report itself, or `{ error: report }`. */
export function parseReport(body: unknown): ErrorReport | undefined {
  const candidate = isRecord(body) && isRecord(body['error']) ? body['error'] : body;
  if (!isRecord(candidate)) return undefined;
  const { code, message } = candidate;
  return typeof code === 'string' && typeof message === 'string' ? (candidate as unknown as ErrorReport) : undefined;
}

/** Any thrown thing as an ApiError. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return answerUnreadable('the app', error);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
