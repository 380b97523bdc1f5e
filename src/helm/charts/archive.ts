import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ChartImagesError } from '../../core/errors.ts';
import { parseEntryPath } from './archive-entry.ts';
import { ArchiveLimits, maximumArchiveBytes } from './archive-limits.ts';
import { strictTar } from './strict-tar.ts';

/** One regular file of a packaged chart. */
export interface ArchiveFile {
  /** From the chart's root, `/` as separator: `templates/a.yaml`. */
  readonly path: string;
  readonly content: Buffer;
}

type Visit = (file: ArchiveFile) => Promise<void>;

const skip: Visit = async () => {};

interface Visitors {
  readonly visit: Visit;
  readonly visitPackaged: Visit;
}

export interface ArchiveSource {
  readonly path: string;
  /** The archive in messages. */
  readonly name: string;
  readonly compression: 'gzip' | 'none';
}

/**
 * Streams a packaged chart and passes each file to `visit`, and the files of packaged subcharts to `visitPackaged`,
 * under paths such as `charts/sub.tgz: templates/a.yaml`. The limits include subcharts, because Helm opens them too.
 * Returns the name of the top folder. Throws `archive-unsafe`, `archive-too-large`, `chart-invalid`, `file-unreadable`.
 */
export async function readArchive(source: ArchiveSource, visit: Visit, visitPackaged: Visit = skip): Promise<string> {
  return await readTar(bytesOf(source), source, new ArchiveLimits(source.name), { visit, visitPackaged });
}

/** Checks the packaged subcharts of one folder against one set of limits. Throws the errors of `readArchive`. */
export async function checkSubchartArchives(paths: readonly string[], name: string): Promise<void> {
  const limits = new ArchiveLimits(name);
  for (const path of paths) {
    const source = { path, name: `${name}: ${basename(path)}`, compression: 'gzip' } as const;
    await readTar(bytesOf(source), source, limits, { visit: skip, visitPackaged: skip });
  }
}

function bytesOf({ path }: ArchiveSource): Readable {
  return createReadStream(path, { end: maximumArchiveBytes });
}

async function readTar(
  bytes: Readable,
  source: ArchiveSource,
  limits: ArchiveLimits,
  { visit, visitPackaged }: Visitors,
): Promise<string> {
  const { extract } = await import('tar-stream');
  const entries = extract();
  const packed = countBytes((count) => limits.readPacked(count));
  const unpacked = countBytes((count) => limits.readUnpacked(count));
  const strict = (chunks: AsyncIterable<Buffer>) => strictTar(chunks, source.name);
  const unpacking =
    source.compression === 'gzip'
      ? pipeline(bytes, packed, createGunzip(), unpacked, strict, entries)
      : pipeline(bytes, packed, unpacked, strict, entries);
  const folders = new Set<string>();
  const reading = async (): Promise<void> => {
    for await (const entry of entries) {
      const { folder, path } = parseEntryPath(entry.header, source.name);
      folders.add(folder);
      limits.readEntry(entry.header.name, entry.header.size ?? 0);
      const content = await collect(entry);
      if (entry.header.type === 'directory' || path === '') continue;
      if (isPackagedSubchart(path)) await readSubchart({ path, content }, source, limits, visitPackaged);
      await visit({ path, content });
    }
  };
  const issues = await issuesOf([reading(), unpacking]);
  if (issues.length > 0) throw asChartError(issues, source.name);
  return rootFolder(folders, source.name);
}

/** Helm loads `charts/*.tgz` of every chart. */
export function isPackagedSubchart(path: string): boolean {
  return /(^|\/)charts\/[^/]+\.tgz$/i.test(path);
}

async function readSubchart(packaged: ArchiveFile, source: ArchiveSource, limits: ArchiveLimits, visit: Visit) {
  const { path, content } = packaged;
  const subchart: ArchiveSource = { path, name: `${source.name}: ${path}`, compression: 'gzip' };
  const inside: Visit = (file) => visit({ ...file, path: `${path}: ${file.path}` });
  await readTar(Readable.from([content]), subchart, limits, { visit: inside, visitPackaged: inside });
}

function countBytes(count: (bytes: number) => void) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      count(chunk.length);
      yield chunk;
    }
  };
}

async function collect(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function issuesOf(works: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const results = await Promise.allSettled(works);
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}

/** When one stream fails, the others fail too. The cause is our own error, or else the first error of the file. */
function asChartError(issues: readonly unknown[], name: string): ChartImagesError {
  const own = issues.find((issue) => issue instanceof ChartImagesError);
  if (own !== undefined) return own;
  const reported =
    issues.find((issue) => issue instanceof Error && 'code' in issue && !isFollowUpError(issue)) ?? issues.at(-1);
  const reason = reported instanceof Error ? reported.message : String(reported);
  return invalid(name, `it is not a chart archive: ${reason}`, reported);
}

function isFollowUpError(issue: Error): boolean {
  return 'code' in issue && issue.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function rootFolder(folders: ReadonlySet<string>, name: string): string {
  const [folder, ...others] = folders;
  if (folder === undefined) throw invalid(name, 'the archive is empty');
  if (others.length > 0) {
    const some = [...folders].sort().slice(0, 3).join(', ');
    throw invalid(name, `it has more than one top folder (${some})`);
  }
  return folder;
}

function invalid(name: string, reason: string, cause?: unknown): ChartImagesError {
  return new ChartImagesError('chart-invalid', `Cannot read ${name}: ${reason}.`, {
    advice: 'Package the chart with `helm package`, or specify its folder.',
    location: { file: name },
    cause,
  });
}
