const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;
const MAX_LENGTH = 300;

/** What a browser asked for, as the console plugin knows it. */
export interface AssetPath {
  readonly path: string;
  /** A view of the app, which the app itself finds its way to. */
  readonly isView: boolean;
}

/** Reads a URL's path; undefined for what no file can be called: dots that climb, hidden files, anything encoded. */
export function parseAssetPath(pathname: string): AssetPath | undefined {
  const path = pathname.slice(1).replace(/\/$/, '');
  if (!pathname.startsWith('/') || path.length > MAX_LENGTH) return undefined;
  if (path === '') return { path: 'index.html', isView: true };
  if (!path.split('/').every((segment) => SEGMENT.test(segment))) return undefined;
  const isView = !/\.[^/]*$/.test(path);
  return { path: isView ? 'index.html' : path, isView };
}

/** Whether a file's name holds a hash of its content, so that it may be kept for ever. */
export function isHashed(path: string): boolean {
  return /^assets\/.*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(path);
}
