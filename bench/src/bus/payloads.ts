import { Buffer } from 'node:buffer';
import type { CommandRun, Generate, MessageCreated } from '@aico/schemas';

/** Events of the bench alone: one of the form of a chat message, and one whose contract admits any size. */
export const EVENT = 'bench.message.created.v1';
export const SIZED = 'bench.text.created.v1';
/** A durable topic, not sealed: its events are on the disk before their publisher learns that they were taken. */
export const DURABLE = 'bench.message.kept.v1';
export const KEY = 'vault.key.derive.v1';
export const REQUEST = 'plugin.bench.command.run.v1';
/** The size that every figure is about unless its name says otherwise. */
export const USUAL_BYTES = 256;

const UUID = '6f1c2a52-3b1e-4c58-9a54-0d1f2b3c4d5e';
const TEXT_LENGTH = 44;
const TEXTS: readonly string[] = Array.from({ length: 1_024 }, (_, at) =>
  Buffer.alloc(TEXT_LENGTH, `text ${at} `).toString(),
);
const PART_BYTES = 100_000;
const SIZED_FRAME_BYTES = 16;
const SIZED_PART_BYTES = 26;

/** Ms on a clock that all processes of this machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A message of 256 bytes as JSON, made anew each time as a real publisher does; its text is one of many. */
export function buildEvent(sequence: number): MessageCreated {
  return eventWith(TEXTS[sequence % TEXTS.length] as string);
}

/** As `buildEvent`; its text tells when it was made. */
export function buildStamped(): MessageCreated {
  return eventWith(String(process.hrtime.bigint()).padStart(TEXT_LENGTH, '0'));
}

function eventWith(text: string): MessageCreated {
  const createdAt = '2026-01-01T12:00:00.000Z';
  const model = 'a-model';
  return { message: { id: UUID, conversation: UUID, role: 'user', status: 'complete', text, createdAt, model } };
}

/** When a stamped event was made, as `now` tells it. */
export function madeAt(event: MessageCreated): number {
  return Number(event.message.text) / 1e6;
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
