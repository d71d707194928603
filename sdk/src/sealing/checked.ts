import { AicoError, explain, type Validator } from '@aico/schemas';
import { parse } from './envelope.ts';

/** Holds a payload to the schema of its topic, as the kernel does with what is not sealed. @throws AicoError KERNEL_PAYLOAD_INVALID */
export function check(validator: Validator, topic: string, data: unknown): void {
  if (validator(data)) return;
  throw new AicoError('KERNEL_PAYLOAD_INVALID', { subject: topic, details: { problem: explain(validator).sentence } });
}

/** As `check`, of JSON text. @throws AicoError KERNEL_PAYLOAD_INVALID */
export function checkText(validator: Validator, topic: string, text: string): unknown {
  const data = parse(text);
  check(validator, topic, data);
  return data;
}
