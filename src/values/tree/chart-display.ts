import { dirname, join, resolve } from 'node:path';
import { basename } from 'node:path/posix';
import type { SourceLocation } from '../../core/errors.ts';
import { displayPath, displayPathIn } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import { realDisplayPath } from '../../core/files/real-display-path.ts';
import type { Rendering } from '../../helm/cli/rendering.ts';
import { isPackagedSubchart } from './chart-files.ts';
import type { ChartYamlLines, LocatedDependency } from './chart-yaml-lines.ts';
import type { ArchiveLocation } from './scalar-value.ts';

/** Location of a file of a chart in user files. */
export interface ChartFileLocation {
  readonly location: SourceLocation;
  /** Only for a chart in an archive. */
  readonly packed?: ArchiveLocation;
}

/** How the files of a chart are shown: by path in a folder, or as one location with a position in the archive. */
export type ChartDisplay =
  | {
      readonly as: 'files';
      readonly folder: string;
      /** Absolute: the folder that the user has. */
      readonly home: string;
    }
  | {
      readonly as: 'line';
      readonly location: SourceLocation;
      readonly archive: string;
      readonly folderInside: string;
      /** Absolute: base of `file://` addresses. Only for a packaged chart whose dependencies the run has built. */
      readonly home?: string;
    };

export function displayOfChart({ chart, dependencyCopyPath }: Rendering): ChartDisplay {
  const { kind, displayPath: shown, path, home, metadata } = chart;
  if (kind === 'folder') return { as: 'files', folder: shown, home: home?.path ?? path };
  const archive = { as: 'line', location: { file: shown }, archive: basename(shown), folderInside: '' } as const;
  if (home === undefined || dependencyCopyPath === undefined) return archive;
  return { ...archive, home: join(dirname(home.path), metadata.name) };
}

export interface Subchart {
  /** Name in `charts/` of the parent. */
  readonly name: string;
  readonly yaml: ChartYamlLines;
  /** Undefined if the parent does not list it. */
  readonly dependency: LocatedDependency | undefined;
  /** `Chart.yaml` or `requirements.yaml` of the parent. */
  readonly dependencyFile: string;
}

/**
 * A dependency in a folder that the run packaged is shown as that folder. Tools cannot show lines in other archives,
 * but the line of the dependency.
 */
export async function displayOfSubchart(
  parent: ChartDisplay,
  { name, yaml, dependency, dependencyFile }: Subchart,
  workFolder: string,
): Promise<ChartDisplay> {
  const own = parent.home && join(parent.home, 'charts', name);
  const isBuilt = isPackagedSubchart(name) && own !== undefined && !(await exists(own));
  const neighbor = isBuilt ? neighborOf(parent.home, dependency) : undefined;
  if (neighbor !== undefined && (await exists(join(neighbor, 'Chart.yaml')))) {
    return { as: 'files', folder: displayPath(neighbor, workFolder), home: neighbor };
  }
  if (parent.as === 'line') {
    const { location, archive, folderInside } = parent;
    return { as: 'line', location, archive, folderInside: `${folderInside}charts/${name}/` };
  }
  const folder = displayPathIn(parent.folder, `charts/${name}`);
  if (!isPackagedSubchart(name)) return { as: 'files', folder, home: join(parent.home, 'charts', name) };
  const listed = { file: displayPathIn(parent.folder, dependencyFile), line: dependency?.line ?? 1 };
  return {
    as: 'line',
    location: dependency === undefined ? { file: folder } : listed,
    // The run names its downloads by number.
    archive: isBuilt ? `${yaml.name}-${yaml.version?.text ?? ''}.tgz` : name,
    folderInside: '',
  };
}

/** Absolute: the folder of a `file://` dependency. */
function neighborOf(home: string | undefined, dependency: LocatedDependency | undefined): string | undefined {
  const address = /^file:\/\/(.+)$/s.exec(dependency?.repository ?? '')?.[1];
  return home === undefined || address === undefined ? undefined : resolve(home, address);
}

/** Location of a file by its path from the root of the chart. A link is shown as its target. */
export async function locateChartFile(
  display: ChartDisplay,
  path: string,
  line: number | undefined,
  workFolder: string,
): Promise<ChartFileLocation> {
  const at = line === undefined ? {} : { line };
  if (display.as === 'files') {
    const file = join(display.home, path);
    const shown = (await exists(file)) ? await realDisplayPath(file, workFolder) : displayPathIn(display.folder, path);
    return { location: { file: shown, ...at } };
  }
  const { location, archive, folderInside } = display;
  const inside = `${folderInside}${path}`;
  return { location, packed: { archive, inside: line === undefined ? inside : `${inside}:${line}` } };
}
