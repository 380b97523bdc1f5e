/** The worked example of the AOSM documentation: its images, and its input file with registries that exist. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { makeImage, makeIndex, type PushOptions, pushImage, type TestImage } from './images.ts';
import { root } from './root.ts';

export const contosoExample = join(root, 'examples', 'contoso');

/** Below `release/` and `test-release/`: what is left of a reference without its placeholder, and where it lands. */
export const contosoRepositories = [
  'release/contoso-a',
  'release/contoso-b',
  'release/contoso-c',
  'test-release/contoso-test',
] as const;

export type ContosoRepository = (typeof contosoRepositories)[number];

export const contosoTag = '1.0.0';

/**
 * One image of each kind that registries resolvePath: an index with attestations, Docker's list, a Docker and an OCI
 * image.
 */
export async function makeContosoImage(repository: ContosoRepository): Promise<TestImage> {
  const on = async (platform: string, dockerMediaTypes = false) =>
    await makeImage({ seed: repository, platform, layers: [1_000, 20], dockerMediaTypes });
  switch (repository) {
    case 'release/contoso-a':
      return await makeIndex([await on('linux/amd64'), await on('linux/arm64/v8')], { attestations: true });
    case 'release/contoso-b':
      return await makeIndex([await on('linux/amd64', true)], { dockerMediaTypes: true });
    case 'release/contoso-c':
      return await on('linux/amd64', true);
    case 'test-release/contoso-test':
      return await on('linux/amd64');
  }
}

export interface FillOptions extends PushOptions {
  /** Where a repository is stored, when not at the path of the reference; undefined: the image is missing. */
  readonly store?: (repository: ContosoRepository) => string | undefined;
}

/** Puts the four images into a registry. */
export async function fillWithContoso(registryUrl: string, options: FillOptions = {}): Promise<void> {
  const { store = (repository) => repository, ...push } = options;
  for (const repository of contosoRepositories) {
    const stored = store(repository);
    if (stored !== undefined) {
      await pushImage(registryUrl, stored, contosoTag, await makeContosoImage(repository), push);
    }
  }
}

/** `contoso-test` is kept in the namespace `test`, the others in none. */
export function storeTestApart(repository: ContosoRepository): string {
  return repository.startsWith('test-') ? `test/${repository}` : repository;
}

/** The example's input file, comments and all, with other `image_sources`. */
export async function contosoInput(sources: readonly string[]): Promise<string> {
  const text = await readFile(join(contosoExample, 'cnf-input.jsonc'), 'utf8');
  return applyEdits(text, modify(text, ['image_sources'], sources, {}));
}

/** Copies the example into a folder, as a user's repository has it. */
export async function copyContoso(folder: string, sources: readonly string[]): Promise<void> {
  await cp(contosoExample, folder, { recursive: true });
  await writeFile(join(folder, 'cnf-input.jsonc'), await contosoInput(sources));
}
