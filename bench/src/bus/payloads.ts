import type { CommandRun, Generate, MessageCreated } from '@aico/schemas';

/** Events of the bench alone: one of the form of a chat message, and one whose contract admits any size. */
export const EVENT = 'bench.message.created.v1';
export const SIZED = 'bench.text.created.v1';
export const REQUEST = 'plugin.bench.command.run.v1';
/** The size that every figure is about unless its name says otherwise. */
export const USUAL_BYTES = 256;

const UUID = '6f1c2a52-3b1e-4c58-9a54-0d1f2b3c4d5e';
const STAMP_DIGITS = 18;
const NOT_MEASURED = '0'.repeat(STAMP_DIGITS);
const PART_BYTES = 100_000;
const SIZED_FRAME_BYTES = 16;
const SIZED_PART_BYTES = 26;

/** Ms on a clock that all processes of this machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A message of 256 bytes as JSON, made anew each time as a real publisher does. @param madeAt ns, when it is measured */
export function buildEvent(sequence: number, madeAt: string = NOT_MEASURED): MessageCreated {
  const text = `${madeAt} message number ${String(sequence).padStart(10, '0')}`;
  const createdAt = '2026-01-01T12:00:00.000Z';
  const ids = { id: UUID, conversation: UUID };
  return { message: { ...ids, role: 'user', status: 'complete', text, createdAt, model: 'm'.repeat(7) } };
}

/** As `buildEvent`, telling when it was made. */
export function buildStamped(sequence: number): MessageCreated {
  return buildEvent(sequence, String(process.hrtime.bigint()).padStart(STAMP_DIGITS, '0'));
}

/** When a stamped event was made, as `now` tells it. */
export function madeAt(event: MessageCreated): number {
  return Number(event.message.text.slice(0, STAMP_DIGITS)) / 1e6;
}

/** A payload of about so many bytes of JSON. */
export function buildSized(sequence: number, bytes: number): Generate {
  const messages: Generate['messages'][number][] = [];
  for (let left = bytes - SIZED_FRAME_BYTES; left > 0; left -= PART_BYTES) {
    const text = String(sequence).padStart(Math.max(8, Math.min(left, PART_BYTES) - SIZED_PART_BYTES), '.');
    messages.push({ role: 'user', text });
  }
  return { messages };
}

export function buildRequest(): CommandRun {
  return { name: 'bench', arguments: 'x'.repeat(120), conversation: UUID, time: '2026-01-01T12:00:00Z' };
}
