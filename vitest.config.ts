import { defineConfig } from 'vitest/config';

// Tests of pure logic run the TypeScript sources directly, so coverage is measured on what people read.
// Conditions such as "import" are left to Node: named here, they would hold for `require` too.
const SOURCE_CONDITIONS = ['source', 'node', 'module'];
const PACKAGES = '{schemas,zmtp,sdk,sdk/testing,kernel,sandbox,registry,host,core-plugins/*,samples/*}';
const SYSTEM = ['test/**/*.test.ts', 'host/test/**/*.test.ts', 'sandbox/test/**/*.test.ts'];

export default defineConfig({
  resolve: { conditions: SOURCE_CONDITIONS },
  ssr: { resolve: { conditions: SOURCE_CONDITIONS, externalConditions: SOURCE_CONDITIONS.slice(1) } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${PACKAGES}/test/**/*.test.ts`, 'bench/test/**/*.test.ts'],
          exclude: SYSTEM,
          maxWorkers: 2,
          // Of each file's time half would go into loading what the one before it has loaded.
          isolate: false,
        },
      },
      // Tests that start real processes come after, more files at a time than there are cores: they wait more than they work.
      { extends: true, test: { name: 'system', include: SYSTEM, maxWorkers: 3, sequence: { groupOrder: 1 } } },
    ],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Much, for machines that do several things at once.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './scripts/test/summary-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: [`${PACKAGES}/src/**/*.ts`],
      exclude: ['**/generated/**', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportOnFailure: true,
      thresholds: { lines: 80 },
    },
  },
});
