const OPENABLE: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** Where a link or a picture in a message leads. */
export interface Target {
  readonly href: string;
  /** Host, or the address of a mailto link; shown beside the link, so that its text cannot lie about it. */
  readonly place: string;
}

/** Reads an address written by a model; undefined for anything that a browser should not open (javascript:, data:, …). */
export function parseTarget(address: string): Target | undefined {
  try {
    const url = new URL(address);
    if (!OPENABLE.has(url.protocol)) return undefined;
    const place = url.protocol === 'mailto:' ? url.pathname : url.host;
    return place === '' ? undefined : { href: url.href, place };
  } catch {
    return undefined;
  }
}
