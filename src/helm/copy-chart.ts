import { cp, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, relative, resolve } from 'node:path';
import { readArchive } from '../charts/archive.ts';
import type { Chart } from '../charts/chart.ts';
import { checkFolder } from '../charts/chart-folder.ts';
import { ChartImagesError } from '../errors.ts';
import { isBelow } from '../files/display-path.ts';
import { writeFileAtomically } from '../files/write-file.ts';

/**
 * Copies a chart below `tree` at its own absolute path, and the charts of its `file://` dependencies at theirs, so that
 * relative addresses mean there what they mean at home. Rewriting them in Chart.yaml would be simpler, but Chart.lock
 * holds a digest of them. Gives the copy's path. Errors: `file-not-found` for a dependency's folder, and those of archives.
 */
export async function copyChart(chart: Chart, tree: string, workFolder: string): Promise<string> {
  // A packaged chart's neighbours are those of its archive.
  const home = chart.form === 'folder' ? chart.path : join(dirname(chart.path), chart.metadata.name);
  const copy = inTree(tree, home);
  if (chart.form === 'folder') await copyFolder(chart.path, copy);
  else await unpack(chart, copy);
  for (const { name, repository } of chart.metadata.dependencies) {
    const address = /^file:\/\/(.*)$/.exec(repository)?.[1];
    // Helm takes an absolute address as it is.
    if (address === undefined || isAbsolute(address)) continue;
    const folder = resolve(home, address);
    if (isBelow(folder, home)) continue;
    await checkDependency(folder, name, repository);
    await checkFolder(folder, `${chart.displayPath}: ${repository}`, workFolder);
    await copyFolder(folder, inTree(tree, folder));
  }
  return copy;
}

/** `/charts/a` → `<tree>/charts/a`, `C:\charts\a` → `<tree>\C\charts\a`. */
function inTree(tree: string, path: string): string {
  const { root } = parse(path);
  return join(tree, root.replaceAll(/[^A-Za-z0-9]/g, ''), relative(root, path));
}

/** Links become what they lead to: the copy lies elsewhere. Where they may lead was checked before. */
async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, dereference: true, filter: (path) => basename(path) !== '.git' });
}

async function unpack(chart: Chart, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const source = { path: chart.path, name: chart.displayPath, compression: 'gzip' } as const;
  await readArchive(source, async ({ path, content }) => {
    await writeFileAtomically(join(target, path), content);
  });
}

async function checkDependency(folder: string, name: string, repository: string): Promise<void> {
  const found = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (found) return;
  throw new ChartImagesError('file-not-found', `the folder of "${name}" (${repository}) does not exist`, {
    advice: 'Check the address in Chart.yaml: it counts from the folder of the chart.',
  });
}
