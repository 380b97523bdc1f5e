import { resolve } from 'node:path';
import type { ResolvePath } from '../../core/files/boundary.ts';
import { globFrom, globStarts, toGlob } from '../../core/files/glob-paths.ts';
import type { ChartRequest } from './chart.ts';
import { hasParentSegment, heldStarts, ignoredFolders } from './match-chart-paths.ts';

/** Whether a request names matches of other requests to leave out: `!charts/lib-*`. */
export function isExclusion({ location }: ChartRequest): boolean {
  return location.startsWith('!');
}

/**
 * Absolute paths of everything that the exclusion matches, in all base folders: as written, and without links if none
 * is in the repository. Otherwise, a change that adds a link could leave out any chart.
 */
export async function excludedPaths(request: ChartRequest, resolvePath: ResolvePath): Promise<readonly string[]> {
  const location = toGlob(request.location.slice(1).trim()).replace(/(?<=.)\/+$/, '');
  const found: string[] = [];
  for (const base of request.baseFolders) {
    // A folder whose name is the pattern is one of its matches.
    found.push(resolve(base, location));
    if (hasParentSegment(location.split('/'))) continue;
    const starts = await heldStarts(await globStarts(location, base), resolvePath);
    found.push(...(await globFrom(starts, { onlyFiles: 'files and folders', links: 'skip', ignore: ignoredFolders })));
  }
  const paths = await Promise.all(
    found.map(async (each) => {
      const path = resolve(each);
      const held = await resolvePath(path);
      if (!held.ok) return [];
      return held.path === path ? [path, held.real] : [path];
    }),
  );
  return paths.flat();
}
