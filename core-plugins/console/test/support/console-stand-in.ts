import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChatMessage, ClientFrame, Conversation, Session } from '@aico/sdk';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';

const DIST = fileURLToPath(new URL('../../ui-dist', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const SESSION: Session = { authenticated: true, vault: 'unlocked', version: '0.1.0', csrf: 'c'.repeat(32) };
const AT = '2026-11-23T08:00:00.000Z';

/** Conversations too long to be had by talking, for the app as it was built. */
export async function serveConversations(lengths: ReadonlyMap<string, number>): Promise<string> {
  const conversations = [...lengths].map(([title, length], index) => ({
    conversation: { id: idOf(index), title, createdAt: AT, updatedAt: AT, messages: length } satisfies Conversation,
    messages: Array.from({ length }, (_, each) => messageOf(idOf(index), each)),
  }));

  function answer(topic: string, data: { conversation?: string; before?: string; limit?: number }): unknown {
    if (topic === 'chat.conversation.list.v1') return { conversations: conversations.map((each) => each.conversation) };
    if (topic !== 'chat.message.list.v1') return undefined;
    const { messages = [] } = conversations.find((each) => each.conversation.id === data.conversation) ?? {};
    const end = data.before === undefined ? messages.length : Number(data.before);
    const start = Math.max(0, end - (data.limit ?? 50));
    return { messages: messages.slice(start, end), ...(start > 0 && { previous: String(start) }) };
  }

  const server = createServer((request, response) => {
    const path = join(DIST, new URL(request.url ?? '/', 'http://localhost').pathname);
    if (request.url === '/api/v1/session') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(SESSION));
    } else if (extname(path) in TYPES && existsSync(path)) {
      response.writeHead(200, { 'content-type': TYPES[extname(path)] }).end(readFileSync(path));
    } else {
      response.writeHead(200, { 'content-type': 'text/html' }).end(readFileSync(join(DIST, 'index.html')));
    }
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', (raw) => {
      const frame = JSON.parse(String(raw)) as ClientFrame;
      if (frame.op !== 'request') return;
      const data = answer(frame.topic, (frame.data ?? {}) as object);
      const error = { code: 'KERNEL_NO_SERVER', message: 'Nobody answers here.' };
      socket.send(JSON.stringify({ id: frame.id, ...(data ? { op: 'reply', data } : { op: 'error', error }) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function messageOf(conversation: string, index: number): ChatMessage {
  const text = `Message ${index}. ${'Some **words** of uneven length. '.repeat(index % 7)}`;
  const role = index % 2 === 0 ? 'user' : 'companion';
  return { id: idOf(1_000_000 + index), conversation, role, status: 'complete', text, createdAt: AT };
}
