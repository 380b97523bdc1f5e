import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Boundary } from '../../core/files/boundary.ts';
import { decodeText, isNotFoundError } from '../../core/files/read-file.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import { readArchive } from '../../helm/charts/archive.ts';
import { readChartFile } from '../../helm/charts/chart-folder.ts';

/** Files of one chart in a folder or an archive. */
export interface ChartFiles {
  /** Whether the user sees single files or one archive. */
  readonly kind: 'folder' | 'archive';
  /** Path from the root of the chart, with `/` as separator. Undefined if absent. */
  read(path: string): Promise<string | undefined>;
  templates(): Promise<readonly string[]>;
  /** Names in `charts/`, sorted. */
  subcharts(): Promise<readonly string[]>;
  /** The chart at `charts/<name>`: a folder or a `.tgz`. */
  openSubchart(name: string): Promise<ChartFiles>;
}

/** The links in the folder were already checked. */
export function filesOfFolder(folder: string, temporary: string, boundary: Boundary | undefined): ChartFiles {
  return {
    kind: 'folder',
    read: (path) => readChartFile(folder, path, boundary),
    templates: async () => {
      const found = await ifExists(readdir(join(folder, 'templates'), { recursive: true, withFileTypes: true }));
      const files = found
        .filter((entry) => entry.isFile() || entry.isSymbolicLink())
        .map((entry) => join(entry.parentPath, entry.name));
      // Binary files have no image templates.
      const texts = await Promise.all(
        files.sort().map((file) => readChartFile(folder, file, boundary).catch(() => undefined)),
      );
      return texts.filter((text) => text !== undefined);
    },
    subcharts: async () => [...(await ifExists(readdir(join(folder, 'charts'))))].sort(),
    openSubchart: async (name) => {
      const path = join(folder, 'charts', name);
      return isPackagedSubchart(name)
        ? await filesOfArchive(path, temporary)
        : filesOfFolder(path, temporary, boundary);
    },
  };
}

/** Reads a packaged chart once. Throws the errors of archives. */
export async function filesOfArchive(archive: string, temporary: string): Promise<ChartFiles> {
  const contents = new Map<string, Buffer>();
  await readArchive({ path: archive, name: archive, compression: 'gzip' }, async ({ path, content }) => {
    if (isWanted(path)) contents.set(path, content);
  });
  return filesBelow(contents, '', temporary);
}

/** Skips pictures and documentation. */
function isWanted(path: string): boolean {
  return /(?:^|\/)(?:Chart|values|requirements)\.yaml$|(?:^|\/)(?:templates|crds)\/|(?:^|\/)charts\/[^/]+\.tgz$/.test(
    path,
  );
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
    kind: 'archive',
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
    // Binary files have no image templates.
    return [];
  }
}

/** Extracts a nested archive, because the reader needs a file. */
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

/** Helm loads each `.tgz` and folder in `charts/` that does not start with a dot or an underscore. */
export function isPackagedSubchart(name: string): boolean {
  return name.endsWith('.tgz');
}

async function ifExists<T>(entries: Promise<readonly T[]>): Promise<readonly T[]> {
  return entries.catch((error: unknown) => {
    if (isNotFoundError(error)) return [];
    throw error;
  });
}
