import type {
  Bus,
  HttpChunk,
  HttpConstraints,
  HttpFetch,
  HttpResponse,
  HttpStream,
  HttpStreamed,
  Request,
  StreamWriter,
} from '@aico/sdk';
import { bodyOf, type Travelling, travelling } from './http/body.ts';
import type { Asked, HttpClient, Opened } from './http/client.ts';
import { Deadline } from './http/deadline.ts';
import { Room, SMALL_BYTES } from './http/room.ts';
import { Slots } from './http/slots.ts';
import { readGrant } from './policy/grant.ts';
import { checkHeaders, shownHeaders } from './policy/headers.ts';
import { readTarget } from './policy/target.ts';

const FETCH_MS = 30_000;
const SILENCE_MS = 60_000;
/** As long as a stream may go on, however much it says. */
const STREAM_MS = 2 * 3_600_000;
/** What one message of the bus holds; beyond it there is the stream. */
const MAX_FETCH_BYTES = 8 * 1024 * 1024;
const PIECE_BYTES = 128 * 1024;

/** Asks web servers for plugins. @param ending ends what is under way */
export async function serveHttp(bus: Bus, client: HttpClient, ending: AbortSignal): Promise<void> {
  const slots = new Slots();
  const room = new Room();
  await bus.serve('net.http.fetch.v1', (request) => fetchWhole(client, slots, room, request, ending));
  await bus.serveStream('net.http.stream.v1', (request, stream) => passOn(client, slots, request, stream, ending));
}

async function fetchWhole(
  client: HttpClient,
  slots: Slots,
  room: Room,
  request: Request<HttpFetch>,
  ending: AbortSignal,
): Promise<HttpResponse> {
  const asked = askedOf(request);
  using deadline = new Deadline(request.sender, asked.target.host, request.data.timeoutMs ?? FETCH_MS);
  const signal = AbortSignal.any([request.signal, deadline.signal, ending]);
  const giveBack = await slots.take(request.sender, asked.body?.byteLength ?? 0, signal);
  try {
    const maxBytes = Math.min(asked.maxBytes, MAX_FETCH_BYTES);
    await using opened = await client.open({ ...asked, maxBytes, signal });
    return { ...headOf(opened), ...(await wholeOf(opened, request.sender, maxBytes, room, signal)) };
  } finally {
    giveBack();
  }
}

/** The body in one piece; a large one is read on once there is room for it. */
async function wholeOf(
  { body, headers, url }: Opened,
  plugin: string,
  maxBytes: number,
  room: Room,
  signal: AbortSignal,
): Promise<Travelling> {
  const announced =
    headers['content-encoding'] === undefined ? Number(headers['content-length'] ?? maxBytes) : maxBytes;
  const pieces: Buffer[] = [];
  let bytes = 0;
  let leave: (() => void) | undefined;
  try {
    for await (const piece of body) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes <= SMALL_BYTES || leave !== undefined) continue;
      leave = await room.take(plugin, new URL(url).hostname, Math.min(announced, maxBytes), signal);
    }
    return travelling(Buffer.concat(pieces));
  } finally {
    leave?.();
  }
}

async function passOn(
  client: HttpClient,
  slots: Slots,
  request: Request<HttpStream>,
  stream: StreamWriter<HttpChunk>,
  ending: AbortSignal,
): Promise<HttpStreamed> {
  const asked = askedOf(request);
  const { host } = asked.target;
  using silence = new Deadline(request.sender, host, request.data.timeoutMs ?? SILENCE_MS);
  using whole = new Deadline(request.sender, host, STREAM_MS);
  const signal = AbortSignal.any([request.signal, silence.signal, whole.signal, ending]);
  const giveBack = await slots.take(request.sender, asked.body?.byteLength ?? 0, signal);
  try {
    silence.restart();
    await using opened = await client.open({ ...asked, signal });
    await stream.write({ kind: 'head', ...headOf(opened) });
    let bytes = 0;
    silence.restart();
    for await (const piece of opened.body) {
      silence.pause();
      bytes += piece.length;
      for (let at = 0; at < piece.length; at += PIECE_BYTES) {
        await stream.write(chunkOf(piece.subarray(at, at + PIECE_BYTES)));
      }
      silence.restart();
    }
    return { bytes };
  } finally {
    giveBack();
  }
}

/** The request, read and checked as far as it can be before anything is connected. @throws AicoError NET_… */
function askedOf({ sender, grant: constraints, data, signal }: Request<HttpFetch>): Asked {
  const { method = 'GET', redirect = 'follow' } = data;
  const grant = readGrant(sender, constraints as HttpConstraints);
  return {
    grant,
    method,
    redirect,
    signal,
    target: readTarget(sender, data.url),
    headers: checkHeaders(sender, data.headers ?? {}),
    body: bodyOf(sender, data, method),
    maxBytes: grant.maxBytes,
  };
}

function headOf({
  status,
  url,
  redirected,
  headers,
}: Opened): Pick<HttpResponse, 'status' | 'url' | 'redirected' | 'headers'> {
  return { status, url, redirected, headers: { ...shownHeaders(headers) } };
}

function chunkOf(bytes: Buffer): HttpChunk {
  const body = travelling(bytes);
  return 'text' in body ? { kind: 'text', text: body.text } : { kind: 'bytes', base64: body.base64 };
}
