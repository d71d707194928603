import { setTimeout as delay } from 'node:timers/promises';
import type { BlobWritten, ChatMessage, Conversation, NewAttachment, PluginInfo, TurnChunk } from '@aico/schemas';
import { onTestFinished } from 'vitest';

export const PASSWORD = 'correct horse battery staple';
const CHAT_COMES_MS = 30_000;

/** How a turn ended: its chunks, and the reply or the error. */
export interface Turn {
  readonly chunks: readonly TurnChunk[];
  readonly reply?: ChatMessage;
  readonly error?: { readonly code: string; readonly message: string };
}

interface ServerFrame {
  readonly op: string;
  readonly id: number;
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A signed-in client of the gateway, as a browser is one: cookie, CSRF header, Origin, WebSocket. */
export class BrowserSession {
  readonly #url: string;
  readonly #cookie: string;
  readonly #csrf: string;

  private constructor(url: string, cookie: string, csrf: string) {
    this.#url = url;
    this.#cookie = cookie;
    this.#csrf = csrf;
  }

  /** Sets the first password. */
  static setup(url: string, password: string = PASSWORD): Promise<BrowserSession> {
    return BrowserSession.#open(url, '/api/v1/setup', password);
  }

  /** Unlocks with the password. */
  static unlock(url: string, password: string = PASSWORD): Promise<BrowserSession> {
    return BrowserSession.#open(url, '/api/v1/session', password);
  }

  static async #open(url: string, path: string, password: string): Promise<BrowserSession> {
    const headers = { 'content-type': 'application/json', origin: url };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ password }) });
    const body = (await response.json()) as { csrf: string; message?: string };
    if (!response.ok) throw new Error(`${response.status} ${body.message}`);
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    return new BrowserSession(url, cookie, body.csrf);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body);
    const answer = (await response.json()) as T & { message?: string };
    if (!response.ok) throw Object.assign(new Error(answer.message), answer);
    return answer;
  }

  request(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { cookie: this.#cookie, origin: this.#url, 'x-aico-csrf': this.#csrf };
    const url = `${this.#url}/api/v1${path}`;
    if (body === undefined) return fetch(url, { method, headers });
    return fetch(url, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  conversation(): Promise<Conversation> {
    return this.#onceThere(() => this.call('POST', '/conversations', {}));
  }

  async messages(conversation: string): Promise<readonly ChatMessage[]> {
    const list = () => this.call<{ messages: ChatMessage[] }>('GET', `/conversations/${conversation}/messages`);
    return (await this.#onceThere(list)).messages;
  }

  /** An unlock does not wait for ever for all that needs an open vault: on a busy machine the chat comes a moment later. */
  async #onceThere<T>(ask: () => Promise<T>): Promise<T> {
    const end = performance.now() + CHAT_COMES_MS;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if ((error as { code?: string }).code !== 'KERNEL_NO_SERVER' || performance.now() > end) throw error;
        await delay(200);
      }
    }
  }

  async plugin(id: string): Promise<PluginInfo> {
    return this.call('GET', `/plugins/${id}`);
  }

  /** One request over the WebSocket. */
  async ask<T>(topic: string, data: unknown): Promise<T> {
    const socket = this.#connect();
    try {
      return await new Promise<T>((resolve, reject) => {
        socket.onerror = () => reject(new Error('the WebSocket failed'));
        socket.onopen = () => socket.send(JSON.stringify({ op: 'request', id: 1, topic, data }));
        socket.onmessage = (event) => {
          const frame = JSON.parse(String(event.data)) as ServerFrame;
          if (frame.op === 'reply') resolve(frame.data as T);
          else reject(Object.assign(new Error(frame.error?.message), frame.error));
        };
      });
    } finally {
      socket.close();
    }
  }

  /** Collects the events of a topic for as long as the test runs, as the console would see them. */
  async events(topic: string): Promise<readonly unknown[]> {
    const socket = this.#connect();
    onTestFinished(() => socket.close());
    const events: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.onerror = () => reject(new Error('the WebSocket failed'));
      socket.onopen = () => socket.send(JSON.stringify({ op: 'subscribe', id: 1, topic }));
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(String(data)) as ServerFrame;
        if (frame.op === 'subscribed') resolve();
        else if (frame.op === 'event') events.push(frame.data);
        else reject(new Error(`no events of ${topic}: ${data}`));
      };
    });
    return events;
  }

  /** Runs one turn over the WebSocket. `onChunk` may do mischief in the middle. */
  async turn(
    conversation: string,
    text: string,
    onChunk: (chunk: TurnChunk) => void = () => {},
    attachments: readonly NewAttachment[] = [],
  ): Promise<Turn> {
    const data = { conversation, text, ...(attachments.length > 0 && { attachments }) };
    const { reply, ...turn } = await this.#call<TurnChunk>('stream', 'chat.turn.run.v1', data, onChunk);
    return reply === undefined ? turn : { ...turn, reply: (reply as { reply: ChatMessage }).reply };
  }

  /** Uploads a file to go with a message. */
  async attach(content: string, name: string): Promise<NewAttachment> {
    const data = Buffer.from(content).toString('base64');
    const { upload } = await this.ask<BlobWritten>('chat.attachment.write.v1', { offset: 0, data });
    const { id } = await this.ask<{ id: string }>('chat.attachment.finish.v1', { upload });
    return { id, name, type: 'text/plain' };
  }

  /** What is in an attached file. */
  async attached(id: string): Promise<string> {
    const { chunks, error } = await this.#call<{ data: string }>('stream', 'chat.attachment.read.v1', { id });
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return Buffer.concat(chunks.map(({ data }) => Buffer.from(data, 'base64'))).toString();
  }

  async #call<Chunk>(
    op: 'request' | 'stream',
    topic: string,
    asked: unknown,
    onChunk: (chunk: Chunk) => void = () => {},
  ): Promise<{ chunks: Chunk[]; reply?: unknown; error?: { code: string; message: string } }> {
    const socket = this.#connect();
    const chunks: Chunk[] = [];
    try {
      return await new Promise((resolve, reject) => {
        socket.onerror = () => reject(new Error('the WebSocket failed'));
        socket.onclose = ({ code }) => reject(new Error(`the WebSocket closed (${code})`));
        socket.onopen = () => socket.send(JSON.stringify({ op, id: 1, topic, data: asked }));
        socket.onmessage = ({ data }) => {
          const frame = JSON.parse(String(data)) as ServerFrame;
          if (frame.op === 'chunk') {
            chunks.push(frame.data as Chunk);
            onChunk(frame.data as Chunk);
          } else if (frame.op === 'error' && frame.error !== undefined) resolve({ chunks, error: frame.error });
          else if (frame.op === 'reply') resolve({ chunks, reply: frame.data });
        };
      });
    } finally {
      socket.onclose = null;
      socket.close();
    }
  }

  #connect(): WebSocket {
    const headers = { cookie: this.#cookie, origin: this.#url };
    return new WebSocket(`${this.#url.replace('http', 'ws')}/api/v1/ws`, { headers } as never);
  }
}
