const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Where a model server's address leads. */
export interface ServerAddress {
  readonly host: string;
  /** Whether words sent there stay on this machine. */
  readonly local: boolean;
}

/** Reads an address as it is typed; undefined while it is not one. */
export function parseServerAddress(text: string): ServerAddress | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined;
  try {
    const { hostname } = new URL(text);
    return hostname === '' ? undefined : { host: hostname, local: LOOPBACK.test(hostname) };
  } catch {
    return undefined;
  }
}

/** An id for a server, from the name that the user gave it, unlike those in use. */
export function serverId(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  const base = plain.slice(0, 50) || 'server';
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(id)) return id;
  }
}

/**
 * Ids for one form, which adds one server however often it is sent: the first time may have reached AICO though its answer never
 * came, and then its own id is among those in use.
 */
export function oneServerId(): typeof serverId {
  let chosen: string | undefined;
  return (name, taken) => {
    chosen ??= serverId(name, taken);
    return chosen;
  };
}
