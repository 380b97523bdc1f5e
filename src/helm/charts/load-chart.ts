import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ChartImagesError } from '../../core/errors.ts';
import { isVersionControl } from '../../core/files/private-names.ts';
import { decodeText, kindOf } from '../../core/files/read-file.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import type { Log } from '../../core/log.ts';
import { type ArchiveSource, readArchive } from './archive.ts';
import { maximumArchiveBytes } from './archive-limits.ts';
import type { Chart, ChartHome, ValueSet } from './chart.ts';
import { fileOfChart } from './chart-file.ts';
import { readChartFile, secureFolder } from './chart-folder.ts';
import { type ChartYaml, maximumChartYamlBytes, parseChartYaml } from './chart-yaml.ts';

const chartFile = 'Chart.yaml';
const requirementsFile = 'requirements.yaml';

/** File names in one log line. */
const maximumNames = 10;

/** A candidate chart on this machine. */
export interface ChartPath {
  /** Absolute, without links. */
  readonly path: string;
  readonly displayPath: string;
  readonly valueSets: readonly ValueSet[];
}

export interface LoadDeps {
  /** Absolute; kept until the end of the run. */
  readonly temporary: string;
  readonly log: Log;
}

/** Throws `chart-invalid`, `file-too-large`, `file-unreadable`, `archive-too-large`, and the errors of archives. */
export async function loadFolder(found: ChartPath, home: ChartHome, { temporary, log }: LoadDeps): Promise<Chart> {
  const read = async (file: string): Promise<ChartYaml | undefined> => {
    const text = await readChartFile(found.path, file, home.boundary, fileOfChart(found, file));
    return text === undefined ? undefined : { text, name: fileOfChart(found, file), archive: undefined };
  };
  const chartYaml = await read(chartFile);
  if (chartYaml === undefined) throw notAChart(found.displayPath, 'folder');
  const rules = { name: found.displayPath, boundary: home.boundary };
  const { path, excluded } = await secureFolder(found.path, rules, async () => {
    return join((await createTemporaryFolder(temporary, 'copy')).path, 'chart');
  });
  const files = excluded.filter((each) => !isVersionControl(basename(each)));
  // Templates that read these files get empty content, so the log explains why.
  if (files.length > 0) {
    log.info(
      `Rendering ${found.displayPath} without files that can contain secrets: ${files.slice(0, maximumNames).join(', ')}.`,
    );
  }
  return {
    metadata: await parseChartYaml(chartYaml, await read(requirementsFile)),
    displayPath: found.displayPath,
    path,
    home,
    kind: 'folder',
    valueSets: found.valueSets,
    readFile: (file) => readChartFile(path, file, home.boundary, fileOfChart(found, file)),
  };
}

/**
 * Checks the whole archive before Helm reads it. A plain tar is compressed to a `.tgz`, because Helm opens nothing
 * else.
 * Throws `archive-unsafe`, `archive-too-large`, `chart-invalid`, `file-unreadable`.
 */
export async function loadArchive(found: ChartPath, home: ChartHome | undefined, temporary: string): Promise<Chart> {
  const stats = await stat(found.path);
  if (!stats.isFile()) {
    throw new ChartImagesError('chart-invalid', `Cannot use ${found.displayPath}: it is ${kindOf(stats)}.`, {
      advice: 'Specify a packaged chart.',
      location: { file: found.displayPath },
    });
  }
  if (stats.size > maximumArchiveBytes) {
    throw new ChartImagesError(
      'file-too-large',
      `Cannot open ${found.displayPath}: it has more than ${maximumArchiveBytes} bytes.`,
      {
        advice: 'Check that this is a packaged chart.',
        location: { file: found.displayPath },
      },
    );
  }
  const plain = found.path.toLowerCase().endsWith('.tar');
  const source: ArchiveSource = { path: found.path, name: found.displayPath, compression: plain ? 'none' : 'gzip' };
  const yamls = new Map<string, Buffer>();
  await readArchive(source, async ({ path, content }) => {
    if (path === chartFile || path === requirementsFile) yamls.set(path, content);
  });
  const asYaml = (file: string): ChartYaml | undefined => {
    const content = yamls.get(file);
    if (content === undefined) return undefined;
    if (content.length > maximumChartYamlBytes) throw notAChart(found.displayPath, 'archive');
    const name = `${found.displayPath}: ${file}`;
    return { text: decodeText(content, name, { file: found.displayPath }), name, archive: found.displayPath };
  };
  const chartYaml = asYaml(chartFile);
  if (chartYaml === undefined) throw notAChart(found.displayPath, 'archive');
  return {
    metadata: await parseChartYaml(chartYaml, asYaml(requirementsFile)),
    displayPath: found.displayPath,
    path: plain ? await gzipTar(found.path, temporary) : found.path,
    ...(home !== undefined && { home }),
    kind: 'archive',
    valueSets: found.valueSets,
    readFile: (path) => readInArchive(source, path),
  };
}

async function readInArchive(source: ArchiveSource, path: string): Promise<string | undefined> {
  let found: string | undefined;
  await readArchive(source, async (file) => {
    if (file.path === path) found = decodeText(file.content, `${source.name}: ${path}`, { file: source.name });
  });
  return found;
}

async function gzipTar(tar: string, temporary: string): Promise<string> {
  const folder = await createTemporaryFolder(temporary, 'chart');
  const target = join(folder.path, 'chart.tgz');
  await pipeline(createReadStream(tar), createGzip({ level: 1 }), createWriteStream(target, { flags: 'wx' }));
  return target;
}

function notAChart(displayPath: string, kind: Chart['kind']): ChartImagesError {
  const all = kind === 'folder' ? `, ${displayPath.replace(/\/+$/, '')}/* for every chart in this folder` : '';
  return new ChartImagesError('chart-invalid', `Cannot load the chart ${displayPath}: it has no Chart.yaml.`, {
    advice: `Specify the folder that contains the Chart.yaml${all}, or a chart packaged with \`helm package\`.`,
    location: { file: displayPath },
  });
}
