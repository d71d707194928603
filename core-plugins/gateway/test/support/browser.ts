import { request } from 'node:http';
import type { ClientFrame, ErrorReport, ServerFrame, Session } from '@aico/sdk';
import { type House, PASSWORD } from './house.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

export interface AskOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
}

/** What a browser does: keeps the cookie, says whose page asks, and sends the session's token with changes. */
export class Browser {
  readonly house: House;
  cookie = '';
  csrf = '';

  constructor(house: House) {
    this.house = house;
  }

  /** A browser that is signed in. */
  static async signedIn(house: House): Promise<Browser> {
    const browser = new Browser(house);
    const answer = await browser.ask('POST', '/api/v1/session', { body: { password: PASSWORD } });
    if (answer.status !== 200) throw new Error(`cannot sign in: ${answer.text}`);
    return browser;
  }

  async ask(method: string, path: string, options: AskOptions = {}): Promise<Answer> {
    const headers: Record<string, string> = {};
    const given = { ...this.#headers(method, options), ...options.headers };
    for (const [key, value] of Object.entries(given)) if (value !== undefined) headers[key] = value;
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const answer = await rawAsk(this.house.port, method, path, headers, body);
    const [cookie] = answer.headers.getSetCookie();
    if (cookie !== undefined) this.cookie = cookie.split(';', 1)[0] ?? '';
    if (isSession(answer.body)) this.csrf = answer.body.csrf ?? '';
    return answer;
  }

  /** Opens a WebSocket as a page of the app does. */
  connect(headers: Readonly<Record<string, string>> = {}): Promise<Socket> {
    const sent = { origin: this.house.url, cookie: this.cookie, ...headers };
    return Socket.open(`${this.house.url.replace('http', 'ws')}/api/v1/ws`, sent);
  }

  #headers(method: string, { body, raw }: AskOptions): Record<string, string> {
    return {
      ...(this.cookie !== '' && { cookie: this.cookie }),
      ...(method !== 'GET' && method !== 'HEAD' && { origin: this.house.url, 'x-aico-csrf': this.csrf }),
      ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
    };
  }
}

/** A request with exactly these headers and this path: `fetch` would tidy both. */
export function rawAsk(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const framed = body === undefined ? headers : { 'content-length': String(Buffer.byteLength(body)), ...headers };
    const sent = request({ host: '127.0.0.1', port, method, path, headers: framed, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const received = new Headers();
        for (let at = 0; at < response.rawHeaders.length; at += 2) {
          received.append(response.rawHeaders[at] ?? '', response.rawHeaders[at + 1] ?? '');
        }
        resolve({ status: response.statusCode ?? 0, headers: received, text, body: parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function codeOf(answer: Answer): string | undefined {
  return (answer.body as ErrorReport | undefined)?.code;
}

/** A WebSocket whose frames can be awaited. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #frames: ServerFrame[] = [];
  #wake: (() => void) | undefined;
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.#frames.push(JSON.parse(String(data)) as ServerFrame);
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        resolve({ code, reason });
        this.#wake?.();
      });
    });
  }

  static open(url: string, headers: Readonly<Record<string, string>>): Promise<Socket> {
    const socket = new WebSocket(url, { headers } as unknown as string[]);
    const opened = new Socket(socket);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => resolve(opened));
      socket.addEventListener('error', () => reject(new Error('refused')));
    });
  }

  send(frame: ClientFrame | string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
  }

  /** The next frame; fails when the socket closes first. */
  async next(): Promise<ServerFrame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error('closed');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.close();
  }
}

function isSession(value: unknown): value is Session {
  return typeof value === 'object' && value !== null && 'authenticated' in value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
