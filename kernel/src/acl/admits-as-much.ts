import type { Constraints } from './access-list.ts';

/**
 * Whether a grant admits all that it did before. What a request under way makes use of is known to its server alone, so one that
 * admits less of anything does not.
 */
export function admitsAsMuch(now: Constraints = {}, before: Constraints = {}): boolean {
  return Object.entries(before).every(([name, value]) => {
    const left = now[name];
    if (Array.isArray(value)) return Array.isArray(left) && value.every((each) => left.includes(each));
    return JSON.stringify(left) === JSON.stringify(value);
  });
}
