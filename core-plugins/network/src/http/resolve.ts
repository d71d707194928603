import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AicoError } from '@aico/sdk';
import { type Judgement, judge } from '../address/judge.ts';
import type { HttpGrant } from '../policy/grant.ts';

/** Turns a name into addresses. */
export type Resolver = (host: string) => Promise<readonly string[]>;

/** As every program of this computer does it: its hosts file, then its name server. */
export const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

/** Whether a name server may hear of a host. Of `localhost` none does (RFC 6761, 6.3). */
export function asksNameServer(host: string): boolean {
  return host !== 'localhost' && isIP(bareOf(host)) === 0;
}

/**
 * The addresses of a host, asked once; each was checked. One that may not be connected to refuses them all: a name that
 * leads both out and in is a trick. @throws AicoError NET_NAME_UNKNOWN, NET_ADDRESS_DENIED
 */
export async function resolveChecked(
  grant: HttpGrant,
  host: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const bare = bareOf(host);
  const addresses = isIP(bare) === 0 ? await until(signal, resolve(grant, bare, resolver)) : [bare];
  for (const address of addresses) {
    const { kind, what } = judge(address);
    if (!admits(grant, kind)) {
      const details = { host, address: address.slice(0, 100), kind: what };
      throw new AicoError('NET_ADDRESS_DENIED', { subject: grant.plugin, details });
    }
  }
  return addresses;
}

/** An IPv6 address without its brackets. */
function bareOf(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

async function resolve(grant: HttpGrant, host: string, resolver: Resolver): Promise<readonly string[]> {
  const unknown = (): AicoError => new AicoError('NET_NAME_UNKNOWN', { subject: grant.plugin, details: { host } });
  const addresses = await resolver(host).catch(() => {
    throw unknown();
  });
  if (addresses.length === 0) throw unknown();
  return addresses;
}

/** A name server that does not answer is not waited for any longer than the request. */
async function until<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const leave = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function admits(grant: HttpGrant, kind: Judgement['kind']): boolean {
  switch (kind) {
    case 'public':
      return true;
    case 'private':
      return grant.allowPrivate;
    case 'loopback':
      return grant.allowLoopback;
    case 'special':
      return false;
  }
}
