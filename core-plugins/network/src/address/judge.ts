import { BlockList, isIP } from 'node:net';
import { type AddressKind, RANGES } from './ranges.ts';

/** What an address is, and how to say so. */
export interface Judgement {
  readonly kind: AddressKind;
  readonly what: string;
}

const PUBLIC: Judgement = { kind: 'public', what: 'on the internet' };
const UNREADABLE: Judgement = { kind: 'special', what: 'not an address' };
/** Beyond what is handed out to the internet (RFC 4291, 2.4): all else in IPv6 is reserved. */
const GLOBAL = listOf('2000::/3');

const tables = RANGES.map(([range, kind, what]) => ({
  list: listOf(range),
  bits: Number(range.split('/')[1]),
  family: familyOf(range),
  judgement: { kind, what },
})).sort((one, other) => other.bits - one.bits);

/** Judges an address by the narrowest range that it lies in. */
export function judge(address: string): Judgement {
  const version = isIP(address);
  // A zone (fe80::1%eth0) is only ever link-local.
  if (version === 0 || address.includes('%')) return UNREADABLE;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  // BlockList holds an IPv4 range against mapped addresses too: each family is held to its own ranges.
  const found = tables.find((table) => table.family === family && table.list.check(address, family));
  if (found !== undefined) return found.judgement;
  if (family === 'ipv6' && !GLOBAL.check(address, 'ipv6')) return { kind: 'special', what: 'reserved' };
  return PUBLIC;
}

function listOf(range: string): BlockList {
  const [network = '', bits] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), familyOf(range));
  return list;
}

function familyOf(range: string): 'ipv4' | 'ipv6' {
  return range.includes(':') ? 'ipv6' : 'ipv4';
}
