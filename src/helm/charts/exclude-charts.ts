import { isAbsolute, resolve } from 'node:path';
import type { ResolvePath } from '../../core/files/boundary.ts';
import { toPosixPath } from '../../core/files/display-path.ts';
import type { ChartRequest } from './chart.ts';
import { hasParentSegment, ignoredFolders } from './match-chart-paths.ts';

/** Whether a request names matches of other requests to leave out: `!charts/lib-*`. */
export function isExclusion({ location }: ChartRequest): boolean {
  return location.startsWith('!');
}

/**
 * Absolute paths of everything that the exclusion matches, in all base folders: as written, and without links if none
 * is in the repository. Otherwise, a change that adds a link could leave out any chart.
 */
export async function excludedPaths(request: ChartRequest, resolvePath: ResolvePath): Promise<readonly string[]> {
  const location = toPosixPath(request.location.slice(1).trim()).replace(/(?<=.)\/+$/, '');
  const { glob, isDynamicPattern } = await import('tinyglobby');
  const found: string[] = [];
  for (const base of isAbsolute(location) ? ['/'] : request.baseFolders) {
    if (!isDynamicPattern(location)) found.push(resolve(base, location));
    else if (!hasParentSegment(location.split('/'))) {
      found.push(
        ...(await glob(location, {
          cwd: base,
          absolute: true,
          onlyFiles: false,
          expandDirectories: false,
          followSymbolicLinks: false,
          ignore: ignoredFolders,
        })),
      );
    }
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
