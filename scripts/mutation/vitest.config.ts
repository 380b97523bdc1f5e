import { existsSync, symlinkSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Stryker works in a copy of the repository below build/, without the programs, which are large.
if (!existsSync('.tools')) symlinkSync('../../../.tools', '.tools', 'junction');

/** The tests that `scripts/mutation.ts` names. Without isolation, which costs a second for each file and mutant. */
export default defineConfig({
  test: {
    include: (process.env['MUTATION_TESTS'] ?? '').split('\n').filter((file) => file !== ''),
    setupFiles: process.env['MUTATION_REACH'] === undefined ? [] : ['scripts/mutation/record-reach.ts'],
    globalSetup: ['test/support/run-folder.ts'],
    isolate: false,
    testTimeout: Number(process.env['MUTATION_TEST_TIMEOUT'] ?? '15000'),
    hookTimeout: 120_000,
  },
});
