import { AicoError, type Quota, type QuotaName } from '@aico/schemas';
import { SCHEMAS } from '@aico/schemas/json-schemas';

/** How people name the limits, and what they are counted in. */
export const LIMITS: readonly { readonly name: string; readonly limit: QuotaName; readonly unit: string }[] = [
  { name: 'memory', limit: 'memoryMb', unit: 'MB' },
  { name: 'cpu', limit: 'cpuMsPerSecond', unit: 'ms of a core a second' },
  { name: 'storage', limit: 'storageMb', unit: 'MB' },
  { name: 'logs', limit: 'logLinesPerMinute', unit: 'lines a minute' },
  { name: 'messages', limit: 'messagesPerSecond', unit: 'a second' },
  { name: 'bytes', limit: 'bytesPerSecond', unit: 'bytes a second' },
  { name: 'message-size', limit: 'messageBytes', unit: 'bytes' },
  { name: 'queue', limit: 'queueMessages', unit: 'messages that wait' },
  { name: 'queue-bytes', limit: 'queueBytes', unit: 'bytes that wait' },
  { name: 'subscriptions', limit: 'subscriptions', unit: 'at a time' },
  { name: 'start', limit: 'startMs', unit: 'ms to start' },
  { name: 'stop', limit: 'stopMs', unit: 'ms to stop' },
];

/** What `memory=512` or `memory=default` asks for. @throws AicoError HOST_LIMIT_UNKNOWN */
export function parseLimit(text: string): { readonly limits: Quota; readonly reset: QuotaName[] } {
  const [name, value = ''] = text.split('=', 2);
  const found = LIMITS.find((each) => each.name === name || each.limit === name);
  const refuse = (problem: string): never => {
    throw new AicoError('HOST_LIMIT_UNKNOWN', { subject: text, details: { problem } });
  };
  if (found === undefined) return refuse(`there are ${LIMITS.map((each) => each.name).join(', ')}`);
  if (value === 'default') return { limits: {}, reset: [found.limit] };
  const { minimum, maximum } = boundsOf(found.limit);
  const isWithin = /^\d{1,12}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
  if (!isWithin) return refuse(`${found.name} is a whole number from ${minimum} to ${maximum} (${found.unit})`);
  return { limits: { [found.limit]: Number(value) }, reset: [] };
}

function boundsOf(limit: QuotaName): { readonly minimum: number; readonly maximum: number } {
  const { properties } = SCHEMAS['quota#Quota'] as {
    readonly properties: Readonly<Record<QuotaName, { readonly minimum: number; readonly maximum: number }>>;
  };
  return properties[limit];
}
