import { AicoError, ERRORS, type LifecycleMessage, validators } from '@aico/schemas';

const MAX_PROBLEM_CHARACTERS = 1_000;
const MAX_VALUES = 20;
const MAX_VALUE_CHARACTERS = 300;

/**
 * Why a plugin says that it cannot start: an error of the table when it names one, else its own words. The plugin is not
 * believed further than that: sentences come from the table, and what fills them is short.
 */
export function toldFailure(plugin: string, told: Extract<LifecycleMessage, { type: 'failed' }>): AicoError {
  // It arrived as JSON that nobody has checked.
  const report: unknown = told.error;
  if (validators['control#ErrorReport'](report) && Object.hasOwn(ERRORS, report.code)) {
    return AicoError.fromReport({ ...report, subject: report.subject ?? plugin, details: shortValues(report.details) });
  }
  const details = { problem: String(told.problem).slice(0, MAX_PROBLEM_CHARACTERS) };
  return new AicoError('KERNEL_PLUGIN_ACTIVATE_FAILED', { subject: plugin, details });
}

function shortValues(details: object = {}): Record<string, string | number | boolean> {
  const values = Object.entries(details).flatMap(([key, value]): [string, string | number | boolean][] => {
    if (typeof value === 'string') return [[key, value.slice(0, MAX_VALUE_CHARACTERS)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[key, value]] : [];
  });
  return Object.fromEntries(values.slice(0, MAX_VALUES));
}
