/** Where the bundled zeromq finds its native half; the parent knows which of the shipped ones fits this machine. */
export const ZEROMQ_ADDON: symbol = Symbol.for('aico.addon.zeromq');

/** Loads a native addon by its path. */
export function loadAddon(path: string): unknown {
  const target = { exports: {} as unknown };
  process.dlopen(target, path);
  return target.exports;
}

/** Loads a native addon and leaves it for a bundled module to pick up. */
export function useAddon(key: symbol, path: string): void {
  Object.defineProperty(globalThis, key, { value: loadAddon(path), configurable: true });
}

/** From here on no native code can be loaded. */
export function closeAddons(): void {
  process.permission?.drop('addon');
}
