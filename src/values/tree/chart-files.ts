import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText, isNotFoundError } from '../../core/files/read-file.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { readArchive } from '../../helm/charts/archive.ts';
import { readChartFile } from '../../helm/charts/chart-folder.ts';

/** The files of one chart, wherever it lies. */
export interface ChartFiles {
  /** How the user sees these files: one by one, or as one packed thing. */
  readonly form: 'folder' | 'archive';
  /** A file by its path from the chart's root, `/` as separator; undefined when absent. */
  read(path: string): Promise<string | undefined>;
  /** The texts of all templates. */
  templates(): Promise<readonly string[]>;
  /** Names in `charts/`, sorted. */
  subcharts(): Promise<readonly string[]>;
  /** The chart that `charts/<name>` is: a folder, or a `.tgz`. */
  openSubchart(name: string): Promise<ChartFiles>;
}

/** A chart in a folder whose links were checked when it was opened. */
export function filesOfFolder(folder: string, temporary: string): ChartFiles {
  return {
    form: 'folder',
    read: (path) => readChartFile(folder, path),
    templates: async () => {
      const found = await ifExists(readdir(join(folder, 'templates'), { recursive: true, withFileTypes: true }));
      const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      // What is no text is no template of an image.
      const texts = await Promise.all(files.sort().map((file) => readChartFile(folder, file).catch(() => undefined)));
      return texts.filter((text) => text !== undefined);
    },
    subcharts: async () => [...(await ifExists(readdir(join(folder, 'charts'))))].sort(),
    openSubchart: async (name) => {
      const path = join(folder, 'charts', name);
      return isPackagedSubchart(name) ? await filesOfArchive(path, temporary) : filesOfFolder(path, temporary);
    },
  };
}

/** A packaged chart, read once. Errors: those of archives. */
export async function filesOfArchive(archive: string, temporary: string): Promise<ChartFiles> {
  const contents = new Map<string, Buffer>();
  await readArchive({ path: archive, name: archive, compression: 'gzip' }, async ({ path, content }) => {
    if (isWanted(path)) contents.set(path, content);
  });
  return filesBelow(contents, '', temporary);
}

/** Charts carry pictures and documentation that say nothing here. */
function isWanted(path: string): boolean {
  return /(?:^|\/)(?:Chart|values|requirements)\.yaml$|(?:^|\/)templates\/|(?:^|\/)charts\/[^/]+\.tgz$/.test(path);
}

function filesBelow(contents: ReadonlyMap<string, Buffer>, root: string, temporary: string): ChartFiles {
  const textOf = (path: string): string | undefined => {
    const content = contents.get(path);
    return content && decodeText(content, path);
  };
  const below = (folder: string): readonly string[] => {
    const start = `${root}${folder}/`;
    return [...contents.keys()].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  };
  return {
    form: 'archive',
    read: async (path) => textOf(root + path),
    templates: async () => below('templates').flatMap((path) => readable(contents.get(`${root}templates/${path}`))),
    subcharts: async () => [...new Set(below('charts').map((path) => path.split('/')[0] ?? ''))].sort(),
    openSubchart: async (name) => {
      const packed = contents.get(`${root}charts/${name}`);
      return packed === undefined
        ? filesBelow(contents, `${root}charts/${name}/`, temporary)
        : await filesOfPacked(packed, temporary);
    },
  };
}

function readable(content: Buffer | undefined): readonly string[] {
  try {
    return content === undefined ? [] : [decodeText(content, 'templates')];
  } catch {
    // What is no text is no template of an image.
    return [];
  }
}

/** An archive in an archive: the reader of archives wants a file. */
async function filesOfPacked(content: Buffer, temporary: string): Promise<ChartFiles> {
  const folder = await createTemporaryFolder(temporary, 'subchart');
  try {
    const file = join(folder.path, 'subchart.tgz');
    await writeFileAtomically(file, content);
    return await filesOfArchive(file, temporary);
  } finally {
    await folder.remove();
  }
}

/** Helm takes every `.tgz` and every folder in `charts/` that a dot or an underscore does not hide. */
export function isPackagedSubchart(name: string): boolean {
  return name.endsWith('.tgz');
}

async function ifExists<T>(entries: Promise<readonly T[]>): Promise<readonly T[]> {
  return entries.catch((error: unknown) => {
    if (isNotFoundError(error)) return [];
    throw error;
  });
}
