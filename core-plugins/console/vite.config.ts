import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

/** Builds the app in ui/ to ui-dist/, which the package carries as ui/. */
export default defineConfig({
  root: 'ui',
  plugins: [tailwindcss(), svelte({ configFile: false, compilerOptions: { runes: true } })],
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
