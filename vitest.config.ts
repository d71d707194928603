import { defineConfig } from 'vitest/config';

// Tests of pure logic run the TypeScript sources directly, so coverage is measured on what people read.
const SOURCE_CONDITIONS = ['source', 'node', 'import', 'module', 'default'];
const PACKAGES = '{schemas,sdk,sdk/testing,kernel,sandbox,registry,host,core-plugins/*,samples/*}';

export default defineConfig({
  resolve: { conditions: SOURCE_CONDITIONS },
  ssr: { resolve: { conditions: SOURCE_CONDITIONS, externalConditions: SOURCE_CONDITIONS.slice(1) } },
  test: {
    include: [`${PACKAGES}/test/**/*.test.ts`, 'bench/test/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './scripts/test/summary-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: [`${PACKAGES}/src/**/*.ts`],
      exclude: ['**/generated/**', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: { lines: 80 },
    },
  },
});
