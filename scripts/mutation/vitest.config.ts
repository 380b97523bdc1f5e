import { defineConfig } from 'vitest/config';

/** The tests that `scripts/mutation.ts` names. Without isolation, which costs a second for each file and mutant. */
export default defineConfig({
  test: {
    include: (process.env['MUTATION_TESTS'] ?? '').split('\n').filter((file) => file !== ''),
    globalSetup: ['test/support/run-folder.ts'],
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
