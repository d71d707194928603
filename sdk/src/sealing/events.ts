import { AicoError, type Delivery, type DeliveryHeader, orderKey, type SealedEvent } from '@aico/schemas';
import { SEALED_TOPICS, type SealedTopic } from '@aico/schemas/sealed-topics';
import { openText, sealText } from './box.ts';
import { check, checkText } from './checked.ts';
import { asEvent, FORM, parse } from './envelope.ts';
import type { LentKey } from './topic-keys.ts';

/** What the journal hands out of an event. */
type Kept = Pick<Delivery, 'topic' | 'sender' | 'time' | 'data'>;

/** Seals an event's payload. @throws AicoError KERNEL_PAYLOAD_INVALID */
export function sealEvent(topic: string, contract: SealedTopic, sender: string, payload: string, key: LentKey): string {
  const named = orderKey(checkText(contract.payload, topic, payload));
  const tag = named === undefined ? undefined : key.tagOf(named);
  const { epoch } = key;
  const box = sealText(key.seal, payload, contextOf(topic, sender, epoch, tag));
  const envelope: SealedEvent = { sealed: FORM, epoch, ...box, ...(tag === undefined ? {} : { key: tag }) };
  return JSON.stringify(envelope);
}

/** The payload of an event as it is delivered. @throws AicoError SDK_SEAL_MISSING, SDK_SEAL_BROKEN, KERNEL_PAYLOAD_INVALID */
export function openEvent(topic: string, contract: SealedTopic, header: string, payload: string, key: LentKey): string {
  const { sender } = (parse(header) ?? {}) as Partial<DeliveryHeader>;
  const text = open(topic, String(sender), parse(payload), key);
  checkText(contract.payload, topic, text);
  return text;
}

/** The topic of what the journal hands out, when it is a sealed one. */
export function sealedTopicOf(delivery: unknown): string | undefined {
  const { topic } = (delivery ?? {}) as Partial<Delivery>;
  return topic !== undefined && SEALED_TOPICS.get(topic)?.kind === 'event' ? topic : undefined;
}

/**
 * What the journal hands out, opened. What it kept before the topic was sealed comes as it was written.
 * @throws AicoError SDK_SEAL_MISSING, SDK_SEAL_BROKEN, KERNEL_PAYLOAD_INVALID
 */
export function openKept(kept: Kept, contract: SealedTopic, key: LentKey): Kept['data'] {
  const { topic, sender, time, data } = kept;
  const isOld = asEvent(data) === undefined && Date.parse(time) < key.sealedSince;
  const opened = isOld ? data : parse(open(topic, sender, data, key));
  check(contract.payload, topic, opened);
  return opened as Kept['data'];
}

function open(topic: string, sender: string, value: unknown, key: LentKey): string {
  const envelope = asEvent(value);
  if (envelope === undefined) throw new AicoError('SDK_SEAL_MISSING', { subject: topic });
  const text = openText(key.seal, envelope, contextOf(topic, sender, envelope.epoch, envelope.key));
  if (text === undefined || envelope.epoch !== key.epoch) throw new AicoError('SDK_SEAL_BROKEN', { subject: topic });
  return text;
}

/** What an event is bound to: moved to another topic, or shown as another's, it does not open. */
function contextOf(topic: string, sender: string, epoch: number, tag: string | undefined): readonly unknown[] {
  return ['event', topic, sender, epoch, tag ?? ''];
}
