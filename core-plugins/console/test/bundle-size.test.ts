import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const DIST = join(import.meta.dirname, '..', 'ui-dist');
/** What a browser fetches before it can show a conversation. */
const MAX_INITIAL_BYTES = 120 * 1024;

/** The scripts that the page loads at once: its own, and everything that they import statically. */
function initialScripts(): string[] {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const waiting = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1] ?? '');
  const found = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const code = readFileSync(join(DIST, path), 'utf8');
    for (const match of code.matchAll(/\b(?:import|from)\s*"\.\/([^"]+\.js)"/g)) waiting.push(`assets/${match[1]}`);
  }
  return [...found];
}

test.skipIf(!existsSync(DIST))(
  'the first scripts are at most 120 kB, and hold neither parser nor sanitiser [UI-1]',
  () => {
    const scripts = initialScripts().map((path) => readFileSync(join(DIST, path)));
    const bytes = scripts.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);
    expect(scripts.length).toBeGreaterThan(1);
    expect(bytes).toBeLessThan(MAX_INITIAL_BYTES);
    expect(scripts.some((code) => code.includes('ALLOWED_URI_REGEXP'))).toBe(false);
  },
);
