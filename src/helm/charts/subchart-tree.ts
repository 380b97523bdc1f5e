import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import type { Boundary } from '../../core/files/boundary.ts';
import { isNotFoundError } from '../../core/files/read-file.ts';
import { readArchive } from './archive.ts';
import type { ChartMetadata } from './chart.ts';
import { readChartFile } from './chart-folder.ts';
import { maximumChartYamlBytes, parseChartYaml } from './chart-yaml.ts';
import { ignoresOf } from './copy-folder.ts';

/** A chart with the charts in its `charts/`, as Helm loads them: folders and `.tgz` files. */
export interface SubchartTree {
  /** From the root of the chart: `charts/mid`, `charts/mid-1.0.0.tgz/charts/db`; `''` for the root. */
  readonly path: string;
  /** `archive` also for a chart in an archive. */
  readonly form: 'folder' | 'archive';
  /** Undefined if Chart.yaml is missing or invalid, which Helm reports. */
  readonly metadata: ChartMetadata | undefined;
  /** Sorted by path. */
  readonly subcharts: readonly SubchartTree[];
}

/** Real charts have four levels, and a link back to a chart around it would have no end. */
const deepest = 16;

const wanted = ['Chart.yaml', 'requirements.yaml'] as const;

/** The text of each Chart.yaml and requirements.yaml by its path, in which an archive is a folder. */
type Texts = Map<string, string>;

/** Reads a chart's folder or `.tgz`. Links of a folder may lead within the boundary. Throws the errors of archives. */
export async function readSubchartTree(path: string, boundary?: Boundary): Promise<SubchartTree> {
  const texts: Texts = new Map();
  const isFolder = (await stat(path)).isDirectory();
  if (isFolder) await readFolder(path, boundary, texts);
  else await readTgz(path, '', texts);
  return await treeOf('', isFolder ? 'folder' : 'archive', { texts, names: namesByFolder(texts) });
}

async function readFolder(root: string, boundary: Boundary | undefined, texts: Texts): Promise<void> {
  // Only the file of the root counts for Helm.
  const ignores = await ignoresOf(root);
  const read = async (folder: string, prefix: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(folder);
    if (above.length > deepest || above.includes(real)) return;
    for (const name of wanted) {
      const text = await readChartFile(folder, name, boundary);
      if (text !== undefined && !ignores(`${prefix}${name}`, 'file')) texts.set(`${prefix}${name}`, text);
    }
    for (const name of await namesIn(join(folder, 'charts'))) {
      const path = join(folder, 'charts', name);
      const inChart = `${prefix}charts/${name}`;
      const kind = await kindOf(path);
      if (kind === undefined || /^[._]/.test(name) || ignores(inChart, kind)) continue;
      if (kind === 'folder') await read(path, `${inChart}/`, [...above, real]);
      else if (name.endsWith('.tgz')) await readTgz(path, `${inChart}/`, texts);
    }
  };
  await read(root, '', []);
}

async function readTgz(path: string, prefix: string, texts: Texts): Promise<void> {
  const visit = async (file: { readonly path: string; readonly content: Buffer }): Promise<void> => {
    const inChart = file.path.replaceAll('.tgz: ', '.tgz/');
    if (!isWanted.test(inChart) || file.content.length > maximumChartYamlBytes) return;
    texts.set(`${prefix}${inChart}`, file.content.toString('utf8'));
  };
  await readArchive({ path, name: path, compression: 'gzip' }, visit, visit);
}

/** Names that start with a dot or an underscore are no subcharts for Helm. */
const isWanted = /^(?:charts\/[^/._][^/]*\/)*(?:Chart|requirements)\.yaml$/;

interface Found {
  readonly texts: Texts;
  /** Of subcharts, by the path of their `charts/`. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

/** In one pass, because a change can add as many subcharts as it likes. */
function namesByFolder(texts: Texts): Found['names'] {
  const names = new Map<string, Set<string>>();
  for (const key of texts.keys()) {
    const parts = key.split('/');
    for (let at = 0; at + 2 < parts.length; at += 2) {
      const folder = parts.slice(0, at + 1).join('/');
      names.set(folder, (names.get(folder) ?? new Set()).add(parts[at + 1] ?? ''));
    }
  }
  return names;
}

async function treeOf(path: string, form: SubchartTree['form'], found: Found): Promise<SubchartTree> {
  const prefix = path === '' ? '' : `${path}/`;
  const names = [...(found.names.get(`${prefix}charts`) ?? [])].sort();
  const subcharts: SubchartTree[] = [];
  for (const name of names) {
    const isArchive = form === 'archive' || name.endsWith('.tgz');
    subcharts.push(await treeOf(`${prefix}charts/${name}`, isArchive ? 'archive' : 'folder', found));
  }
  return { path, form, metadata: await metadataOf(prefix, found.texts), subcharts };
}

async function metadataOf(prefix: string, texts: Texts): Promise<ChartMetadata | undefined> {
  const [chart, requirements] = wanted.map((name) => texts.get(`${prefix}${name}`));
  if (chart === undefined) return undefined;
  const yaml = (text: string, file: string) => ({ text, name: `${prefix}${file}`, archive: undefined });
  try {
    const required = requirements === undefined ? undefined : yaml(requirements, 'requirements.yaml');
    return await parseChartYaml(yaml(chart, 'Chart.yaml'), required);
  } catch (error) {
    if (error instanceof ChartImagesError) return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNotFoundError(error) || (error instanceof Error && 'code' in error && error.code === 'ENOTDIR')) return [];
    throw error;
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  // A broken link.
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return 'folder';
  return stats?.isFile() ? 'file' : undefined;
}
