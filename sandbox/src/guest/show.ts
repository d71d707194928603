import { bridge } from './bridge.ts';

/** Says in the plugin's log what a callback threw. */
export function logFailure(error: unknown): void {
  bridge.log('error', `a callback failed: ${show(error)}`, undefined);
}

/** Whatever was thrown or printed, as text: what cannot be shown must not break who shows it. */
export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return String(value.stack ?? `${value.name}: ${value.message}`);
    return jsonOf(value) ?? String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
