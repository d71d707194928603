/** Loads a native addon by its path. */
export function loadAddon(path: string): unknown {
  const target = { exports: {} as unknown };
  process.dlopen(target, path);
  return target.exports;
}

/** From here on no native code can be loaded. */
export function closeAddons(): void {
  process.permission?.drop('addon');
}

/** From here on no connection can be opened; the one to the bus stays. */
export function closeNetwork(): void {
  process.permission?.drop('net');
}
