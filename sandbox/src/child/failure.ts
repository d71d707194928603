import { AicoError, isAicoError, type LifecycleMessage, RecordKind } from '@aico/schemas';
import type { RecordPort } from '@aico/sdk/internal';

/** Tells the supervisor that the plugin's code could not be loaded. */
export function reportFailure(port: RecordPort, plugin: string, error: unknown): AicoError {
  const failure = isAicoError(error)
    ? error
    : new AicoError('SANDBOX_CODE_INVALID', { subject: plugin, details: { problem: problemOf(error) }, cause: error });
  const message: LifecycleMessage = { type: 'failed', problem: failure.message, error: failure.toReport() };
  port.send({ kind: RecordKind.lifecycle, correlation: 0, topic: '', payload: JSON.stringify(message) });
  return failure;
}

function problemOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
}
