import { mentionsImage, namesSource } from './field-name.ts';
import type { ReferencePieces } from './split-reference.ts';

/**
 * True for reference parts that belong to code, charts or modules (`GIT_REPO` and `GIT_TAG`, `chart: {registry,
 * repository, version}`), unless one of them contains image: `GIT_IMAGE_REPOSITORY`.
 */
export function isCodeSource(stem: string, parts: ReferencePieces): boolean {
  return namesSource(stem) && !Object.values(parts).some(({ name }) => mentionsImage(name));
}
