/**
 * The wire form between a plugin's process and the kernel: a frame is a version byte and whole records, many to a
 * frame; payload bytes are forwarded untouched.
 *
 * record = length:u32le kind:u8 correlation:u32le sequence:f64le time:f64le [names] payload:rest
 * names  = topicLength:u8 topic:ascii headerLength:u16le header:utf8(JSON or empty)
 * `length` counts what follows it. `sequence` and `time` (ms since 1970) are stamped by the kernel, 0 upwards.
 * A kind with `REPEATS` added has no names: those of the record before it, in the same frame, hold again.
 */
export const WIRE_VERSION = 1;
export const MAX_FRAME_BYTES: number = 32 * 1024 * 1024;
export const REPEATS = 0x80;

/** Where a record's parts begin, counted from its length. */
export const KIND_AT = 4;
export const CORRELATION_AT = 5;
export const SEQUENCE_AT = 9;
export const TIME_AT = 17;
export const NAMES_AT = 25;
/** Bytes of the names beside topic and header themselves. */
export const NAME_LENGTHS = 3;
export const MAX_WIRE_TOPIC_BYTES = 0xff;
export const MAX_WIRE_HEADER_BYTES = 0xffff;

/** What is wrong with a frame; the kernel turns it into KERNEL_FRAME_MALFORMED. */
export class WireError extends Error {}
