/** What an address leads to. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'special';

/**
 * Everything that is not the public internet, from the IANA special-purpose address registries (RFC 6890 and its
 * updates), and where clouds answer their own machines. What is `special` is never connected to; the others only where a
 * permission says so.
 */
export const RANGES: readonly (readonly [range: string, kind: Exclude<AddressKind, 'public'>, what: string])[] = [
  ['0.0.0.0/8', 'special', '"this network"'],
  ['10.0.0.0/8', 'private', 'in a private network'],
  ['100.64.0.0/10', 'private', 'in the network of a provider'],
  ['100.100.100.200/32', 'special', 'where a cloud keeps its secrets'],
  ['127.0.0.0/8', 'loopback', 'this computer itself'],
  ['168.63.129.16/32', 'special', 'where a cloud keeps its secrets'],
  ['169.254.0.0/16', 'special', 'link-local'],
  ['172.16.0.0/12', 'private', 'in a private network'],
  ['192.0.0.0/24', 'special', 'reserved for protocols'],
  ['192.0.2.0/24', 'special', 'for documentation only'],
  ['192.31.196.0/24', 'special', 'reserved for protocols'],
  ['192.52.193.0/24', 'special', 'reserved for protocols'],
  ['192.88.99.0/24', 'special', 'a 6to4 relay'],
  ['192.168.0.0/16', 'private', 'in a private network'],
  ['192.175.48.0/24', 'special', 'reserved for protocols'],
  ['198.18.0.0/15', 'special', 'for measurements only'],
  ['198.51.100.0/24', 'special', 'for documentation only'],
  ['203.0.113.0/24', 'special', 'for documentation only'],
  ['224.0.0.0/4', 'special', 'multicast'],
  ['240.0.0.0/4', 'special', 'reserved or broadcast'],
  ['::/128', 'special', 'unspecified'],
  ['::1/128', 'loopback', 'this computer itself'],
  ['::/96', 'special', 'an IPv4 address in disguise'],
  ['::ffff:0:0/96', 'special', 'an IPv4 address in disguise'],
  ['::ffff:0:0:0/96', 'special', 'an IPv4 address in disguise'],
  ['64:ff9b::/96', 'special', 'an IPv4 address in disguise (NAT64)'],
  ['64:ff9b:1::/48', 'special', 'an IPv4 address in disguise (NAT64)'],
  ['100::/64', 'special', 'a black hole'],
  ['2001::/23', 'special', 'reserved for protocols (Teredo among them)'],
  ['2001:db8::/32', 'special', 'for documentation only'],
  ['2002::/16', 'special', 'an IPv4 address in disguise (6to4)'],
  ['2620:4f:8000::/48', 'special', 'reserved for protocols'],
  ['3fff::/20', 'special', 'for documentation only'],
  ['5f00::/16', 'special', 'for segment routing'],
  ['fc00::/7', 'private', 'in a private network'],
  ['fd00:ec2::254/128', 'special', 'where a cloud keeps its secrets'],
  ['fd20:ce::254/128', 'special', 'where a cloud keeps its secrets'],
  ['fe80::/10', 'special', 'link-local'],
  ['fec0::/10', 'special', 'site-local'],
  ['ff00::/8', 'special', 'multicast'],
];
