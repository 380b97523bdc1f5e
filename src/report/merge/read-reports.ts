import { resolve } from 'node:path';
import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { type Boundary, findBoundary, pathOutside, resolveTypedPath } from '../../core/files/boundary.ts';
import { displayPath } from '../../core/files/display-path.ts';
import { exists } from '../../core/files/exists.ts';
import { globFrom, globStarts, toGlob } from '../../core/files/glob-paths.ts';
import { readText } from '../../core/files/read-file.ts';
import { type ReadReport, reportSchema } from './report-schema.ts';

/** 2,000 charts with 10,000 image uses need 6 MiB. */
const maximumBytes = 64 * 1024 * 1024;
/** For all reports together, because parsed reports need several times as much memory. */
const maximumBytesTogether = 256 * 1024 * 1024;
const longestReason = 300;
/** A GitHub matrix has at most 256 jobs. */
const mostReports = 1000;

const fileName = 'images.json';

/** A report and its name in messages. */
export interface NamedReport {
  readonly name: string;
  readonly report: ReadReport;
}

/**
 * Reads the reports in folders or glob patterns of folders, in order; matches of a pattern are sorted.
 * Throws `file-not-found`, `file-too-large`, `file-unreadable`, `syntax`, `schema`,
 * `invalid-input`, `path-outside`.
 */
export async function readReports(folders: readonly string[], workFolder: string): Promise<readonly NamedReport[]> {
  const files = new Set<string>();
  for (const folder of folders) for (const file of await filesOf(folder, workFolder)) files.add(file);
  if (files.size > mostReports) {
    throw new ChartImagesError('invalid-input', `Cannot merge ${files.size} reports: the maximum is ${mostReports}.`, {
      advice: 'Specify only the folders of runs that belong together.',
    });
  }
  const boundary = await findBoundary(workFolder);
  const reports: NamedReport[] = [];
  let room = maximumBytesTogether;
  for (const file of files) {
    const name = displayPath(file, workFolder);
    const text = await readText(await reportInside(file, name, boundary), {
      maximumBytes: Math.min(maximumBytes, room),
      name,
    });
    room -= text.length;
    reports.push(readReport(text, name));
  }
  return reports;
}

async function reportInside(file: string, name: string, boundary: Boundary): Promise<string> {
  const resolved = await resolveTypedPath(file, boundary);
  if (resolved.ok) return resolved.path;
  throw pathOutside(`the report ${name}`, resolved, { file: name });
}

async function filesOf(folder: string, workFolder: string): Promise<readonly string[]> {
  const file = resolve(workFolder, folder, fileName);
  if (await exists(file)) return [file];
  const pattern = `${toGlob(folder).replace(/\/+$/, '')}/${fileName}`;
  const found = await globFrom(await globStarts(pattern, workFolder), { onlyFiles: 'only files', links: 'follow' });
  if (found.length > 0) return found;
  throw new ChartImagesError('file-not-found', `Cannot find a report in ${folder}: it has no ${fileName}.`, {
    advice: 'Specify the folders that runs wrote their reports to, for example reports/*.',
  });
}

function readReport(text: string, name: string): NamedReport {
  const json = parse(text, name);
  const read = v.safeParse(reportSchema, json, { abortEarly: true });
  if (read.success) return { name, report: read.output };
  const [issue] = read.issues;
  // The issue contains the value, which can be as long as the file.
  const why = `${v.getDotPath(issue) ?? 'the document'}: ${issue.message}`.slice(0, longestReason);
  throw new ChartImagesError('schema', `${name} is not a report of this version: ${why}.`, {
    advice: 'Merge reports with the version of chart-images that wrote them.',
    location: { file: name },
  });
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ChartImagesError('syntax', `${name} is not JSON.`, {
      advice: 'Use the file as the run wrote it.',
      location: { file: name },
      cause,
    });
  }
}
