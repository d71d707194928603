export { BUNDLE_FILE, bundlePlugin } from './bundle-plugin.ts';
export { ENTRY_FILE } from './entry-file.ts';
