import { mentionsImage, namesSource } from './name-meaning.ts';
import type { Parts } from './split-reference.ts';

/**
 * True for parts that share the name of a source of code, charts or modules (`GIT_REPO` and `GIT_TAG`, `chart:
 * {registry, repository, version}`), unless one of them says image: `GIT_IMAGE_REPOSITORY`.
 */
export function isSource(stem: string, parts: Parts): boolean {
  return namesSource(stem) && !Object.values(parts).some(({ name }) => mentionsImage(name));
}
