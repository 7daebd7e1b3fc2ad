import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'conformance/**/*.test.ts', 'e2e/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
    setupFiles: ['vitest.setup.ts'],
    reporters: ['default', ['json', { outputFile: 'coverage/tests.json' }]],
  },
})
