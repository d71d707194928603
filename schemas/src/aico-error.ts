import { ERRORS, type ErrorCode } from './generated/errors.ts';
import type { ErrorReport } from './generated/types.ts';

/** What an error is about, and what fills the `{placeholders}` of its sentences. */
export interface ErrorFields {
  /** Who or what broke the rule: a plugin, a topic, a file. */
  readonly subject: string;
  /** Values for placeholders and for machines; never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: unknown;
}

/** An error of the one table: it names the subject, the rule and the fix. */
export class AicoError extends Error {
  readonly code: ErrorCode;
  readonly subject: string;
  readonly rule: string;
  readonly fix: string;
  /** HTTP status that the gateway answers with. */
  readonly status: number;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, fields: ErrorFields) {
    const entry = ERRORS[code];
    const values = { ...fields.details, subject: fields.subject };
    super(fill(entry.message, values), fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'AicoError';
    this.code = code;
    this.subject = fields.subject;
    this.rule = fill(entry.rule, values);
    this.fix = fill(entry.fix, values);
    this.status = entry.status;
    this.details = fields.details ?? {};
  }

  /** Every bundle carries a copy of this class; what one copy throws, the others recognise. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'AicoError' && 'code' in value && 'toReport' in value;
  }

  /** The form in which an error crosses a boundary; the cause stays behind. */
  toReport(): ErrorReport {
    const report: ErrorReport = {
      code: this.code,
      message: this.message.slice(0, 2000),
      ...(this.subject === '' ? {} : { subject: this.subject.slice(0, 300) }),
      rule: this.rule.slice(0, 500),
      fix: this.fix.slice(0, 500),
    };
    return Object.keys(this.details).length === 0 ? report : { ...report, details: { ...this.details } };
  }

  /** Rebuilds an error that arrived as a report. An unknown code becomes `SDK_HANDLER_FAILED`. */
  static fromReport(report: ErrorReport): AicoError {
    const known = Object.hasOwn(ERRORS, report.code);
    const code = known ? (report.code as ErrorCode) : 'SDK_HANDLER_FAILED';
    const details = (report.details ?? {}) as Record<string, string | number | boolean>;
    return new AicoError(code, { subject: report.subject ?? '', details });
  }
}

/** Whether an error is of the one table, and of this code when one is given. */
export function isAicoError(error: unknown, code?: ErrorCode): error is AicoError {
  return error instanceof AicoError && (code === undefined || error.code === code);
}

function fill(template: string, values: Readonly<Record<string, string | number | boolean>>): string {
  return template.replace(/\{([a-zA-Z]+)\}/g, (_, key: string) => String(values[key] ?? ''));
}
