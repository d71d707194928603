import type { LogLine } from '@aico/kernel/contracts';
import { AicoError, isAicoError, type LifecycleMessage, RecordKind } from '@aico/schemas';
import { failureFields, type RecordPort } from '@aico/sdk/internal';

/** Tells the supervisor that the plugin's code could not be loaded; answers with what its log says of it. */
export function reportFailure(port: RecordPort, plugin: string, error: unknown): LogLine {
  const failure = isAicoError(error)
    ? error
    : new AicoError('SANDBOX_CODE_INVALID', { subject: plugin, details: { problem: problemOf(error) }, cause: error });
  const { stack } = failureFields(error);
  const message: LifecycleMessage = {
    type: 'failed',
    problem: failure.message,
    error: failure.toReport(),
    ...(stack === undefined ? {} : { stack }),
  };
  port.send({ kind: RecordKind.lifecycle, correlation: 0, topic: '', payload: JSON.stringify(message) });
  return { level: 'error', message: failure.message, fields: { code: failure.code, stack } };
}

function problemOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500);
}
