/**
 * Who may import whom among the workspaces; what is not listed is refused. A folder ending in `/*` speaks for all in it,
 * a package ending in `/*` for all its doors.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  zmtp: [],
  sdk: ['@aico/schemas/*'],
  kernel: ['@aico/schemas/*', '@aico/zmtp/*'],
  'sdk/testing': ['@aico/schemas/*', '@aico/sdk/*', '@aico/kernel/*'],
  sandbox: ['@aico/schemas/*', '@aico/sdk/*', '@aico/kernel/contracts', '@aico/zmtp/*'],
  registry: ['@aico/schemas/*', '@aico/kernel/contracts'],
  host: [
    '@aico/schemas/*',
    '@aico/sdk/internal',
    '@aico/sdk/sealing',
    '@aico/kernel/*',
    '@aico/sandbox/*',
    '@aico/registry/*',
  ],
  'core-plugins/*': ['@aico/sdk', '@aico/sdk/protocol', '@aico/sdk/sealing', '@aico/sdk/system'],
  'samples/*': ['@aico/sdk'],
};

/** What to do instead, told with every import that the table refuses. */
export const INSTEAD: Readonly<Record<string, string>> = {
  schemas: 'schemas/ is the bottom: it describes what crosses boundaries and knows nobody.',
  zmtp: 'zmtp/ speaks a protocol over a stream and knows nothing of AICO.',
  sdk: 'The SDK is what authors see: put shared words into schemas/, and reach everything else through the bus.',
  kernel: 'The kernel knows no plugin, sandbox or host: declare a port in kernel/src/contracts and let host/ wire it.',
  'sdk/testing': 'The testing kit may use the kernel and the SDK, nothing that runs processes.',
  sandbox: 'The sandbox sees the kernel only through @aico/kernel/contracts: add the port there.',
  registry: 'The registry sees the kernel only through @aico/kernel/contracts: add the port there.',
  host: 'The host is where things are wired: import the package’s public door, or add a door to its package.json.',
  'core-plugins/*': 'A plugin imports @aico/sdk alone. What it needs from another plugin, it asks for with a message.',
  'samples/*': 'A plugin imports @aico/sdk alone. What it needs from another plugin, it asks for with a message.',
};

/** The only files that may touch Node itself (`node:*`) or a native socket in the packages that are otherwise pure; a folder ends in `/`. */
export const EDGE_FILES: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  zmtp: ['zmtp/src/sodium.ts', 'zmtp/src/sodium-file.ts'],
  sdk: ['sdk/src/system/'],
  'sdk/testing': ['sdk/testing/src/test-storage.ts'],
  kernel: ['kernel/src/bus/zeromq/'],
  samples: [],
};

/** Modules of Node that only compute and reach nothing. */
export const POWERLESS_MODULES: readonly string[] = ['node:buffer', 'node:crypto'];

/** Packages that reach outside the process, held to the same edges as `node:*`. */
export const EDGE_PACKAGES: readonly string[] = ['sodium-native', 'isolated-vm'];

export const MAX_LINES = 400;
export const USUAL_LINES = 120;
