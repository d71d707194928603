import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the host got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

type Answer = (request: Received, response: ServerResponse) => unknown;

/** A real HTTP server that answers as a test says. */
export interface ModelHost extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when a client hung up before its answer was complete. */
  readonly hungUp: Promise<void>;
}

export async function startModelHost(answer: Answer): Promise<ModelHost> {
  const received: Received[] = [];
  const hungUp = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    response.on('close', () => {
      if (!response.writableEnded) hungUp.resolve();
    });
    let text = '';
    for await (const chunk of request) text += chunk;
    const got = { path: request.url ?? '', headers: request.headers, body: text === '' ? undefined : JSON.parse(text) };
    received.push(got);
    await answer(got, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    hungUp: hungUp.promise,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An address where nobody listens: it was free a moment ago. */
export async function unusedUrl(): Promise<string> {
  const host = await startModelHost(() => {});
  await host[Symbol.asyncDispose]();
  return host.url;
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Ollama's lines for a reply of these words. */
export function ollamaLines(words: readonly string[]): string[] {
  const part = (rest: object): string => `${JSON.stringify({ model: 'tiny', ...rest })}\n`;
  const spoken = words.map((content) => part({ message: { role: 'assistant', content }, done: false }));
  const last = {
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 12,
    eval_count: words.length,
  };
  return [...spoken, part(last)];
}

/** OpenAI's events for a reply of these words. */
export function openAiEvents(words: readonly string[]): string[] {
  const event = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
  const choice = (content: string, finish: string | null): unknown => ({
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
  });
  return [
    ...words.map((word) => event(choice(word, null))),
    event(choice('', 'stop')),
    event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: words.length } }),
    event('[DONE]'),
  ];
}
