import type { HttpConstraints, HttpFetch } from '@aico/sdk';

export type Method = NonNullable<HttpFetch['method']>;

const DEFAULT_METHODS: readonly Method[] = ['GET', 'HEAD'];
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

/** What one plugin may do, as its user granted it. */
export interface HttpGrant {
  readonly plugin: string;
  readonly hosts: readonly string[];
  readonly anyHost: boolean;
  readonly methods: readonly Method[];
  readonly ports: readonly number[];
  readonly anyPort: boolean;
  readonly allowHttp: boolean;
  readonly allowPrivate: boolean;
  readonly allowLoopback: boolean;
  readonly maxBytes: number;
}

/** Reads the constraints that the kernel stamped. What they do not name is not granted. */
export function readGrant(plugin: string, constraints: HttpConstraints): HttpGrant {
  const { hosts = [], methods = DEFAULT_METHODS, maxBytes = DEFAULT_MAX_BYTES } = constraints;
  const allowHttp = constraints.allowHttp === true;
  return {
    plugin,
    hosts,
    methods,
    maxBytes,
    allowHttp,
    ports: constraints.ports ?? (allowHttp ? [80, 443] : [443]),
    anyHost: constraints.anyHost === true,
    anyPort: constraints.anyPort === true,
    allowPrivate: constraints.allowPrivate === true,
    allowLoopback: constraints.allowLoopback === true,
  };
}

/** Whether a host, as a URL has it, is granted. `*.example.org` is every name below, not the name itself. */
export function grantsHost({ anyHost, hosts }: HttpGrant, host: string): boolean {
  return anyHost || hosts.some((each) => (each.startsWith('*.') ? host.endsWith(each.slice(1)) : host === each));
}
