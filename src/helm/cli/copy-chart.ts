import { mkdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, resolve } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { type Boundary, pathOutside, type Refusal, resolveReferencedPath } from '../../core/files/boundary.ts';
import { isInside, toPosixPath } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { readArchive } from '../charts/archive.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import { CopyBudget, copyFolder } from '../charts/copy-folder.ts';
import { dependencyLocation } from './dependency-location.ts';

/** A chart in a private folder, at its original absolute path, so that relative addresses still work. */
export interface ChartCopy {
  readonly root: CopiedChart;
  /**
   * The chart of a `file://` address of a chart in the copy; copies it to where the copy expects it. Undefined for
   * other addresses. Throws `file-not-found`, `path-outside`, `archive-too-large`, and the errors of archives.
   */
  neighbor(dependency: ChartDependency, of: CopiedChart): Promise<CopiedChart | undefined>;
}

/** A chart in the copy: the root, a subchart, or the chart of a `file://` address. */
export interface CopiedChart {
  /** Absolute, in the copy. */
  readonly path: string;
  /** Absolute: where the user has it, the base of its addresses. Undefined for a chart that was in an archive. */
  readonly home: string | undefined;
  /** In messages and places. */
  readonly shown: string;
  readonly kind: Chart['kind'];
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
  else await unpackChart(chart.path, path, chart.displayPath);
  const copied = new Set<string>();
  return {
    root: { path, home, shown: chart.displayPath, kind: chart.kind },
    neighbor: async (dependency, of) => {
      const request = { dependency, of, boundary };
      const folder = neighborOf(request);
      if (folder === undefined) return undefined;
      const target = pathInCopy(tree, folder);
      const shown = toPosixPath(join(of.shown, relative(of.home ?? folder, folder)));
      const neighbor = { path: target, home: folder, shown, kind: 'folder' } as const;
      const isInChart = isInside(folder, home) && (await exists(target));
      if (isInChart || copied.has(target)) return neighbor;
      const rules = { name: `${of.shown}: ${dependency.repository}`, boundary };
      const from = await resolveNeighbor(folder, request);
      copied.add(target);
      await copyFolder(from, target, rules, budget);
      return neighbor;
    },
  };
}

interface NeighborRequest {
  readonly dependency: ChartDependency;
  readonly of: CopiedChart;
  readonly boundary: Boundary;
}

/** The folder of a `file://` address. Undefined for other addresses. */
function neighborOf(request: NeighborRequest): string | undefined {
  const { dependency, of, boundary } = request;
  const address = /^file:\/\/(.*)$/s.exec(dependency.repository)?.[1];
  if (address === undefined) return undefined;
  if (of.home === undefined) throw notFound(request, 'a packaged chart has no folders next to it');
  const folder = resolve(of.home, address);
  if (!isAbsolute(address)) return folder;
  // An absolute address would escape the copy, and cannot be rewritten: Chart.lock contains a digest of it.
  const reason = isInside(folder, boundary.top)
    ? `the address is absolute; write file://${toPosixPath(relative(of.home, folder))}`
    : `it is outside ${boundary.top}`;
  throw outsideError(request, { reason });
}

async function resolveNeighbor(folder: string, request: NeighborRequest): Promise<string> {
  const resolved = await resolveReferencedPath(folder, request.boundary);
  if (!resolved.ok) throw outsideError(request, resolved);
  const found = await stat(resolved.real).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (found) return resolved.real;
  throw notFound(
    request,
    `the folder of "${request.dependency.name}" (${request.dependency.repository}) does not exist`,
  );
}

function notFound({ of }: NeighborRequest, reason: string): ChartImagesError {
  return new ChartImagesError('file-not-found', reason, {
    advice: `Correct the address, which is relative to ${of.shown}, or add the chart to charts/.`,
  });
}

function outsideError({ dependency, of }: NeighborRequest, refusal: Refusal): ChartImagesError {
  return pathOutside(
    `the dependency "${dependency.name}" (${dependency.repository}) of ${of.shown}`,
    refusal,
    dependencyLocation(of, dependency),
  );
}

/** `/charts/a` → `<tree>/charts/a`, `C:\charts\a` → `<tree>\C\charts\a`. */
function pathInCopy(tree: string, path: string): string {
  const { root } = parse(path);
  return join(tree, root.replaceAll(/[^A-Za-z0-9]/g, ''), relative(root, path));
}

/** Throws the errors of archives. */
async function unpackChart(archive: string, target: string, name: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await readArchive({ path: archive, name, compression: 'gzip' }, async ({ path, content }) => {
    await writeFileAtomically(join(target, path), content);
  });
}
