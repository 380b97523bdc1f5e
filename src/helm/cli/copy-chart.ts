import { mkdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, resolve } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { type Boundary, pathOutside, type Refusal, resolveReferencedPath } from '../../core/files/boundary.ts';
import { isInside, toPosixPath } from '../../core/files/display-path.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { readArchive } from '../charts/archive.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import { chartYamlOf } from '../charts/chart-file.ts';
import { CopyBudget, copyFolder } from '../charts/copy-folder.ts';

/** A chart in a private folder, at its original absolute path, so that relative addresses still work. */
export interface ChartCopy {
  /** Absolute. */
  readonly path: string;
  /**
   * Copies the charts of `file://` addresses to where the copy expects them.
   * Throws `file-not-found`, `path-outside`, `archive-too-large`, and the errors of archives.
   */
  addNeighbors(dependencies: readonly ChartDependency[]): Promise<void>;
}

/** Throws the errors of archives. */
export async function copyChart(chart: Chart, tree: string): Promise<ChartCopy> {
  // Neighbors of a packaged chart are relative to its archive.
  const own = chart.home?.path ?? chart.path;
  const home = chart.kind === 'folder' ? own : join(dirname(own), chart.metadata.name);
  const path = pathInCopy(tree, home);
  const budget = new CopyBudget(chart.displayPath);
  const boundary = chart.home?.boundary ?? { top: home, realTop: home };
  if (chart.kind === 'folder') await copyFolder(chart.path, path, { name: chart.displayPath, boundary }, budget);
  else await unpack(chart, path);
  return {
    path,
    addNeighbors: async (dependencies) => {
      for (const dependency of dependencies) {
        const request = { dependency, chart, home, boundary };
        const folder = neighborOf(request);
        if (folder === undefined) continue;
        const rules = { name: `${chart.displayPath}: ${dependency.repository}`, boundary };
        await copyFolder(await resolveNeighbor(folder, request), pathInCopy(tree, folder), rules, budget);
      }
    },
  };
}

interface NeighborRequest {
  readonly dependency: ChartDependency;
  readonly chart: Chart;
  /** Absolute: the base folder of addresses. */
  readonly home: string;
  readonly boundary: Boundary;
}

/** The folder of a `file://` address. Undefined for other addresses, and for a folder inside the chart. */
function neighborOf(request: NeighborRequest): string | undefined {
  const { dependency, home, boundary } = request;
  const address = /^file:\/\/(.*)$/s.exec(dependency.repository)?.[1];
  if (address === undefined) return undefined;
  const folder = resolve(home, address);
  // An absolute address would escape the copy, and cannot be rewritten: Chart.lock contains a digest of it.
  if (isAbsolute(address)) {
    const reason = isInside(folder, boundary.top)
      ? `the address is absolute; write file://${toPosixPath(relative(home, folder))}`
      : `it is outside ${boundary.top}`;
    throw outsideError(request, { reason });
  }
  return isInside(folder, home) ? undefined : folder;
}

async function resolveNeighbor(folder: string, request: NeighborRequest): Promise<string> {
  const resolved = await resolveReferencedPath(folder, request.boundary);
  if (!resolved.ok) throw outsideError(request, resolved);
  const found = await stat(resolved.real).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (found) return resolved.real;
  const { name, repository } = request.dependency;
  throw new ChartImagesError('file-not-found', `the folder of "${name}" (${repository}) does not exist`, {
    advice: 'Check the address in Chart.yaml, which is relative to the folder of the chart.',
  });
}

function outsideError({ dependency, chart }: NeighborRequest, refusal: Refusal): ChartImagesError {
  const location = { file: chartYamlOf(chart) };
  return pathOutside(
    `the dependency "${dependency.name}" (${dependency.repository}) of ${chart.displayPath}`,
    refusal,
    location,
  );
}

/** `/charts/a` → `<tree>/charts/a`, `C:\charts\a` → `<tree>\C\charts\a`. */
function pathInCopy(tree: string, path: string): string {
  const { root } = parse(path);
  return join(tree, root.replaceAll(/[^A-Za-z0-9]/g, ''), relative(root, path));
}

async function unpack(chart: Chart, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const source = { path: chart.path, name: chart.displayPath, compression: 'gzip' } as const;
  await readArchive(source, async ({ path, content }) => {
    await writeFileAtomically(join(target, path), content);
  });
}
