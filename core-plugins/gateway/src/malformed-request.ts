import type { Socket } from 'node:net';
import { AicoError } from '@aico/sdk';

/** Answers what Node's parser refuses, before there is a request that a route could answer. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy(error);
    return;
  }
  const status = statusOf(error.code);
  const problem = String(error.code ?? 'unknown').replace(/[^A-Z0-9_]/g, '');
  const report = new AicoError('GATEWAY_REQUEST_MALFORMED', { subject: 'request', details: { problem } }).toReport();
  const body = JSON.stringify(report);
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\nx-content-type-options: nosniff\r\n\r\n${body}`,
  );
}

function statusOf(code: string | undefined): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout';
    default:
      return '400 Bad Request';
  }
}
