import { defineConfig } from 'vitest/config';

/** The tests of one folder that run the product within their own process: `scripts/mutation.ts` names them. */
export default defineConfig({
  test: {
    include: (process.env['MUTATION_TESTS'] ?? '').split('\n').filter((file) => file !== ''),
    globalSetup: ['test/support/run-folder.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
