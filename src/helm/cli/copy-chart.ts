import { mkdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, resolve } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { type Boundary, pathOutside, type Refusal, resolveReferencedPath } from '../../core/files/boundary.ts';
import { isInside, toPosixPath } from '../../core/files/display-path.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { readArchive } from '../charts/archive.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import { CopyBudget, copyFolder } from '../charts/copy-folder.ts';

/** A chart below a private folder, at its own absolute path, so that relative addresses mean there what they mean at home. */
export interface ChartCopy {
  /** Absolute. */
  readonly path: string;
  /**
   * Copies the charts of `file://` addresses to where the copy expects them; whatever helm reads by such an address lies in the
   * private folder afterwards. Errors: `file-not-found`, `path-outside`, `archive-too-large`, and those of archives.
   */
  addNeighbors(dependencies: readonly ChartDependency[]): Promise<void>;
}

/** Copies a chart below `tree`. Errors: those of archives. */
export async function copyChart(chart: Chart, tree: string): Promise<ChartCopy> {
  // A packaged chart's neighbors are those of its archive.
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
        const asked = { dependency, chart, home, boundary };
        const folder = neighborOf(asked);
        if (folder === undefined) continue;
        const rules = { name: `${chart.displayPath}: ${dependency.repository}`, boundary };
        await copyFolder(await heldNeighbor(folder, asked), pathInCopy(tree, folder), rules, budget);
      }
    },
  };
}

interface AskedFor {
  readonly dependency: ChartDependency;
  readonly chart: Chart;
  /** Absolute: the folder that addresses count from. */
  readonly home: string;
  readonly boundary: Boundary;
}

/** The folder of a `file://` address; undefined for other addresses, and for a folder in the chart, which was copied with it. */
function neighborOf(asked: AskedFor): string | undefined {
  const { dependency, home, boundary } = asked;
  const address = /^file:\/\/(.*)$/s.exec(dependency.repository)?.[1];
  if (address === undefined) return undefined;
  const folder = resolve(home, address);
  // Helm takes an absolute address as it is, wherever the chart lies, and Chart.lock holds a digest of the address.
  if (isAbsolute(address)) {
    const reason = isInside(folder, boundary.top)
      ? `the address is absolute; write file://${toPosixPath(relative(home, folder))}`
      : `it leads out of ${boundary.top}`;
    throw outsideError(asked, { reason });
  }
  return isInside(folder, home) ? undefined : folder;
}

async function heldNeighbor(folder: string, asked: AskedFor): Promise<string> {
  const held = await resolveReferencedPath(folder, asked.boundary);
  if (!held.ok) throw outsideError(asked, held);
  const found = await stat(held.real).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (found) return held.real;
  const { name, repository } = asked.dependency;
  throw new ChartImagesError('file-not-found', `the folder of "${name}" (${repository}) does not exist`, {
    advice: 'Check the address in Chart.yaml: it counts from the folder of the chart.',
  });
}

function outsideError({ dependency, chart }: AskedFor, refusal: Refusal): ChartImagesError {
  const { displayPath, kind: form } = chart;
  const place = { file: form === 'folder' ? `${displayPath}/Chart.yaml` : displayPath };
  return pathOutside(
    `the dependency "${dependency.name}" (${dependency.repository}) of ${displayPath}`,
    refusal,
    place,
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
