/// <reference types="svelte" />
import { afterAll, beforeAll, vi } from 'vitest';

const plain = <T>(value: T): T => value;

/** Outside a page what Svelte would watch is kept as it is. For the tests of one file. */
export function usePlainState(): void {
  beforeAll(() => void vi.stubGlobal('$state', Object.assign(plain, { raw: plain })));
  afterAll(() => void vi.unstubAllGlobals());
}
