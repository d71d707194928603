export { BUNDLE_FILE, type BundleOptions, bundlePlugin } from './bundle-plugin.ts';
export { ENTRY_FILE } from './entry-file.ts';
export { ownLinesIn } from './own-lines.ts';
