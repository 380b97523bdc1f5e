/**
 * vitest's global set-up: one folder for the whole run, gone after it, for what many test files need and one of them
 * makes. Outside of the repository, so that nothing in it finds the repository's own node_modules.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly runFolder: string;
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'chart-images-run-')));
  provide('runFolder', folder);
  return async () => await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
