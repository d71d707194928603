/** A failure in words for the plugin's own log. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

const MAX_STACK_CHARACTERS = 4_000;

/** A failure for the plugin's own log: in words, and where in its code it came from. */
export function failureFields(error: unknown): { readonly problem: string; readonly stack?: string } {
  const problem = describe(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return typeof stack === 'string' ? { problem, stack: stack.slice(0, MAX_STACK_CHARACTERS) } : { problem };
}
