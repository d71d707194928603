import type { Attachment } from '@aico/sdk';
import type { Bus, RunningStream } from '../../api/bus.ts';
import { decodeBase64 } from './base64.ts';

/** Reads a file of a conversation. @param type what the browser may take it for */
export function readAttachment(
  bus: Pick<Bus, 'stream'>,
  { id }: Pick<Attachment, 'id'>,
  type: string,
): RunningStream<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const stream = bus.stream('chat.attachment.read.v1', { id }, ({ data }) => void pieces.push(decodeBase64(data)));
  return { result: stream.result.then(() => new Blob(pieces, { type })), cancel: () => stream.cancel() };
}
