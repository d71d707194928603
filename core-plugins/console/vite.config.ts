import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

/** Builds the app in ui/ to ui-dist/, which the package carries as ui/. */
export default defineConfig({
  root: 'ui',
  plugins: [tailwindcss(), svelte({ configFile: false, compilerOptions: { runes: true } })],
  resolve: {
    // From their sources: the app is built while these are being compiled.
    alias: [{ find: /^@aico\/(sdk|schemas)$/, replacement: join(import.meta.dirname, '../../$1/src/index.ts') }],
  },
  build: {
    outDir: '../ui-dist',
    emptyOutDir: true,
    target: 'es2023',
    // A page served from the same machine gains nothing from inlined files, and the content policy forbids data: scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
