import { AicoError, ERRORS, type LifecycleMessage, validators } from '@aico/schemas';

const MAX_PROBLEM_CHARACTERS = 1_000;
const MAX_STACK_CHARACTERS = 4_000;
const MAX_VALUES = 20;
const MAX_VALUE_CHARACTERS = 300;

/**
 * Why a plugin says that it cannot start: an error of the table when it names one, else its own words. The plugin is not
 * believed further than that: sentences come from the table, what fills them is short, and the place is looked up here.
 * @param placeOf names the place in its author's files that a stack begins in
 */
export function toldFailure(
  plugin: string,
  told: Extract<LifecycleMessage, { type: 'failed' }>,
  placeOf: (stack: string) => string | undefined = () => undefined,
): AicoError {
  // It arrived as JSON that nobody has checked.
  const report: unknown = told.error;
  const place = placeOf(String(told.stack ?? '').slice(0, MAX_STACK_CHARACTERS));
  const at = place === undefined ? '' : ` at ${place}`;
  if (validators['control#ErrorReport'](report) && Object.hasOwn(ERRORS, report.code)) {
    const { place: _claimed, ...details } = shortValues(report.details);
    const { problem } = details;
    if (typeof problem === 'string') details['problem'] = `${problem}${at}`;
    else if (place !== undefined) details['place'] = place;
    return AicoError.fromReport({ ...report, subject: report.subject ?? plugin, details });
  }
  const details = { problem: `${String(told.problem).slice(0, MAX_PROBLEM_CHARACTERS)}${at}` };
  return new AicoError('KERNEL_PLUGIN_ACTIVATE_FAILED', { subject: plugin, details });
}

function shortValues(details: object = {}): Record<string, string | number | boolean> {
  const values = Object.entries(details).flatMap(([key, value]): [string, string | number | boolean][] => {
    if (typeof value === 'string') return [[key, value.slice(0, MAX_VALUE_CHARACTERS)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[key, value]] : [];
  });
  return Object.fromEntries(values.slice(0, MAX_VALUES));
}
