import type { Readable } from 'node:stream';
import { AicoError } from '@aico/sdk';
import type { OpenEntry } from '../ledger/ledger.ts';
import type { HttpGrant, Method } from '../policy/grant.ts';
import { type Headers, withoutCredentials } from '../policy/headers.ts';
import { assertGranted, readTarget, type Target } from '../policy/target.ts';
import { failureOf } from './failure.ts';
import { type Answer, hop } from './hop.ts';
import { asksNameServer, type Resolver, resolveChecked } from './resolve.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where connections are written down, before they are made. */
export interface Recorder {
  begin(plugin: string, target: Target, method: Method): Promise<OpenEntry>;
  refuse(plugin: string, target: Target, method: Method, error: AicoError): Promise<void>;
}

export interface ClientPowers {
  readonly resolver: Resolver;
  readonly recorder: Recorder;
  /** Certificate authorities besides those of Node. */
  readonly authorities?: readonly string[];
}

/** A request, its headers and body checked. */
export interface Asked {
  readonly grant: HttpGrant;
  readonly target: Target;
  readonly method: Method;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly signal: AbortSignal;
  /** Of the answer, unpacked. */
  readonly maxBytes: number;
}

/** An answer; read it, and dispose of it in any case. */
export interface Opened extends AsyncDisposable {
  readonly status: number;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: Answer['headers'];
  readonly body: AsyncIterable<Buffer>;
}

/** Asks, and follows where the answer leads: every step is held to the grant and the addresses anew. */
export class HttpClient {
  readonly #powers: ClientPowers;

  constructor(powers: ClientPowers) {
    this.#powers = powers;
  }

  /** @throws AicoError NET_… */
  async open(asked: Asked): Promise<Opened> {
    const { grant, redirect } = asked;
    let step = asked;
    for (let redirects = 0; ; redirects += 1) {
      const { answer, entry } = await this.#ask(step);
      const location = REDIRECTS.includes(answer.status) ? answer.headers.location : undefined;
      if (location === undefined || redirect === 'manual') return opened(step, answer, entry, redirects > 0);
      answer.close();
      await entry.end({ outcome: 'answered', status: answer.status });
      const refuse = (problem: string): AicoError => {
        const details = { host: step.target.host, limit: MAX_REDIRECTS, problem };
        return new AicoError('NET_REDIRECT_REFUSED', { subject: grant.plugin, details });
      };
      if (redirect === 'error') throw refuse('which it did not ask for');
      if (redirects === MAX_REDIRECTS) throw refuse('again and again');
      step = nextStep(step, answer.status, location, refuse);
    }
  }

  /** One connection, written down before it is made. */
  async #ask(step: Asked): Promise<{ answer: Answer; entry: OpenEntry }> {
    const { grant, target, method, headers, body, signal } = step;
    const { recorder, resolver, authorities } = this.#powers;
    try {
      assertGranted(grant, target, method);
    } catch (error) {
      if (error instanceof AicoError) await recorder.refuse(grant.plugin, target, method, error);
      throw error;
    }
    const entry = await recorder.begin(grant.plugin, target, method);
    try {
      const addresses = await resolveChecked(grant, target.host, resolver, signal);
      entry.found(addresses);
      const trust = authorities === undefined ? {} : { authorities };
      const { plugin } = grant;
      const onConnected = entry.connected;
      const answer = await hop({ plugin, target, addresses, method, headers, body, signal, onConnected, ...trust });
      return { answer, entry };
    } catch (error) {
      // A name that was looked up has left, whatever came of it: it can say as much as a message.
      const stayed = error instanceof AicoError && error.code === 'NET_ADDRESS_DENIED' && !asksNameServer(target.host);
      await entry.end({ outcome: stayed ? 'refused' : 'failed', error });
      throw error;
    }
  }
}

/** The request that a redirect asks for (https://fetch.spec.whatwg.org/#http-redirect-fetch). */
function nextStep(step: Asked, status: number, location: string, refuse: (problem: string) => AicoError): Asked {
  const { grant, method } = step;
  const from = step.target.url;
  if (!URL.canParse(location, from.href)) throw refuse('to an address that cannot be read');
  const target = readTarget(grant.plugin, new URL(location, from.href).href);
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  const headers = target.url.origin === from.origin ? step.headers : withoutCredentials(step.headers);
  if (!becomesGet) return { ...step, target, headers };
  const { 'content-type': _, ...rest } = headers;
  return { ...step, target, headers: rest, method: 'GET', body: undefined };
}

function opened(step: Asked, answer: Answer, entry: OpenEntry, redirected: boolean): Opened {
  let failure: unknown;
  const onFailure = (error: unknown): void => {
    failure = error;
  };
  return {
    status: answer.status,
    url: step.target.url.href,
    redirected,
    headers: answer.headers,
    body: limited(step, answer.body, onFailure),
    [Symbol.asyncDispose]: async () => {
      answer.close();
      const { status } = answer;
      await entry.end({ outcome: failure === undefined ? 'answered' : 'failed', status, error: failure });
    },
  };
}

/** The body, as long as it keeps within its size. @throws AicoError NET_RESPONSE_TOO_LARGE, NET_CUT_OFF, … */
async function* limited(
  { grant, target, signal, maxBytes }: Asked,
  body: Readable,
  onFailure: (error: unknown) => void,
): AsyncGenerator<Buffer, void, void> {
  const about = { plugin: grant.plugin, host: target.host };
  let bytes = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) {
        const details = { host: target.host, limit: maxBytes, part: 'body' };
        throw new AicoError('NET_RESPONSE_TOO_LARGE', { subject: grant.plugin, details });
      }
      yield piece;
    }
  } catch (error) {
    const failure = failureOf(error, about, signal, 0);
    onFailure(failure);
    throw failure;
  }
}
