import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { isNotFoundError, readText } from '../../core/files/read-file.ts';
import { type ArchiveFile, readArchive } from './archive.ts';
import { maximumFileBytes } from './archive-limits.ts';
import { outsideReference } from './schema-references.ts';

/** A schema that refers to a file or host outside the chart. */
export interface OutsideSchema {
  /** Relative to the chart's root, for example `charts/sub/values.schema.json`. */
  readonly file: string;
  /** The first external file or host; undefined if the schema is too large or too deep in subcharts to check. */
  readonly reference: string | undefined;
}

const schemaFile = 'values.schema.json';

/** Real charts have three or four levels of subcharts. */
const deepestSubchart = 16;

/**
 * The schemas of a chart and its subcharts that refer to anything but themselves. Follows links, as Helm does.
 * Throws the errors of archives.
 */
export async function outsideSchemas(path: string): Promise<readonly OutsideSchema[]> {
  return (await kindOf(path)) === 'folder' ? await inFolder(path, '', []) : await inArchive(path, '');
}

/** `above` are the charts around it, without links. */
async function inFolder(folder: string, prefix: string, above: readonly string[]): Promise<readonly OutsideSchema[]> {
  if (above.length > deepestSubchart) return [{ file: `${prefix}${schemaFile}`, reference: undefined }];
  const real = await realpath(folder);
  // A link back to a chart around it: ten of them are 10^16 subcharts, and helm refuses such a chart.
  if (above.includes(real)) return [];
  const found = [...(await inFile(join(folder, schemaFile), `${prefix}${schemaFile}`))];
  const charts = join(folder, 'charts');
  for (const name of (await kindOf(charts)) === 'folder' ? await readdir(charts) : []) {
    const path = join(charts, name);
    const kind = await kindOf(path);
    const subchart = `${prefix}charts/${name}`;
    if (kind === 'folder') found.push(...(await inFolder(path, `${subchart}/`, [...above, real])));
    if (kind === 'file' && /\.tgz$/i.test(name)) found.push(...(await inArchive(path, `${subchart}: `)));
  }
  return found;
}

async function inFile(path: string, file: string): Promise<readonly OutsideSchema[]> {
  if ((await kindOf(path)) !== 'file') return [];
  try {
    return check(await readText(path, { maximumBytes: maximumFileBytes, name: file }), file);
  } catch (error) {
    if (error instanceof ChartImagesError) return [{ file, reference: undefined }];
    throw error;
  }
}

async function inArchive(path: string, prefix: string): Promise<readonly OutsideSchema[]> {
  const found: OutsideSchema[] = [];
  const visit = async ({ path, content }: ArchiveFile): Promise<void> => {
    if (!isSchema(path)) return;
    found.push(...check(content.toString('utf8'), `${prefix}${path}`));
  };
  await readArchive({ path, name: path, compression: 'gzip' }, visit, visit);
  return found;
}

/** A schema of the chart, or of a subchart in a folder. Packaged subcharts are read as archives. */
function isSchema(path: string): boolean {
  return /^(?:.*: )?(?:charts\/[^/]+\/)*values\.schema\.json$/.test(path);
}

function check(text: string, file: string): readonly OutsideSchema[] {
  const reference = outsideReference(text);
  return reference === undefined ? [] : [{ file, reference }];
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : undefined;
  } catch (error) {
    if (isNotFoundError(error)) return undefined;
    throw error;
  }
}
