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
  /** How messages name the archive. */
  readonly name: string;
  readonly compression: 'gzip' | 'none';
}

/**
 * Reads a packaged chart from front to back and hands over each file; nothing is written anywhere. The whole archive is
 * held to the bounds and to safe entries, and so is every packaged subchart in it, because helm opens those as well.
 * `visitPackaged` is handed the files of those, under paths such as `charts/sub.tgz: templates/a.yaml`.
 * Gives the name of the chart's folder in the archive.
 * Errors: `archive-unsafe`, `archive-too-large`, `chart-invalid`, `file-unreadable`.
 */
export async function readArchive(source: ArchiveSource, visit: Visit, visitPackaged: Visit = skip): Promise<string> {
  return await readTar(bytesOf(source), source, new ArchiveLimits(source.name), { visit, visitPackaged });
}

/** Holds the packaged subcharts of one folder, all together, to what `readArchive` holds an archive to. Errors as there. */
export async function checkSubchartArchives(paths: readonly string[], name: string): Promise<void> {
  const budget = new ArchiveLimits(name);
  for (const path of paths) {
    const source = { path, name: `${name}: ${basename(path)}`, compression: 'gzip' } as const;
    await readTar(bytesOf(source), source, budget, { visit: skip, visitPackaged: skip });
  }
}

function bytesOf({ path }: ArchiveSource): Readable {
  return createReadStream(path, { end: maximumArchiveBytes });
}

async function readTar(
  bytes: Readable,
  source: ArchiveSource,
  budget: ArchiveLimits,
  { visit, visitPackaged }: Visitors,
): Promise<string> {
  const { extract } = await import('tar-stream');
  const entries = extract();
  const packed = countBytes((count) => budget.readPacked(count));
  const unpacked = countBytes((count) => budget.readUnpacked(count));
  const strict = (chunks: AsyncIterable<Buffer>) => strictTar(chunks, source.name);
  // A plain tar is its own packed form.
  const feeding =
    source.compression === 'gzip'
      ? pipeline(bytes, packed, createGunzip(), unpacked, strict, entries)
      : pipeline(bytes, packed, unpacked, strict, entries);
  const folders = new Set<string>();
  const reading = async (): Promise<void> => {
    for await (const entry of entries) {
      const { folder, path } = parseEntryPath(entry.header, source.name);
      folders.add(folder);
      budget.readEntry(entry.header.name, entry.header.size ?? 0);
      const content = await collect(entry);
      if (entry.header.type === 'directory' || path === '') continue;
      if (isPackagedSubchart(path)) await readSubchart({ path, content }, source, budget, visitPackaged);
      await visit({ path, content });
    }
  };
  const issues = await issuesOf([reading(), feeding]);
  if (issues.length > 0) throw asChartError(issues, source.name);
  return rootFolder(folders, source.name);
}

/** Helm loads `charts/*.tgz` of every chart itself. */
export function isPackagedSubchart(path: string): boolean {
  return /(^|\/)charts\/[^/]+\.tgz$/i.test(path);
}

async function readSubchart(packaged: ArchiveFile, source: ArchiveSource, budget: ArchiveLimits, visit: Visit) {
  const { path, content } = packaged;
  const subchart: ArchiveSource = { path, name: `${source.name}: ${path}`, compression: 'gzip' };
  const inside: Visit = (file) => visit({ ...file, path: `${path}: ${file.path}` });
  await readTar(Readable.from([content]), subchart, budget, { visit: inside, visitPackaged: inside });
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

/** When one side of the stream fails the other fails with it; the fault that is ours, or the one of the file, is the cause. */
function asChartError(issues: readonly unknown[], name: string): ChartImagesError {
  const own = issues.find((issue) => issue instanceof ChartImagesError);
  if (own !== undefined) return own;
  const reported =
    issues.find((issue) => issue instanceof Error && 'code' in issue && !isFollowUpError(issue)) ?? issues.at(-1);
  const reason = reported instanceof Error ? reported.message : String(reported);
  return invalid(name, `is not a readable chart archive: ${reason}`, reported);
}

function isFollowUpError(issue: Error): boolean {
  return 'code' in issue && issue.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function rootFolder(folders: ReadonlySet<string>, name: string): string {
  const [folder, ...others] = folders;
  if (folder === undefined) throw invalid(name, 'is an empty archive');
  if (others.length > 0) {
    const some = [...folders].sort().slice(0, 3).join(', ');
    throw invalid(name, `holds more than one top folder (${some}); a packaged chart has one, named as the chart`);
  }
  return folder;
}

function invalid(name: string, reason: string, cause?: unknown): ChartImagesError {
  return new ChartImagesError('chart-invalid', `${name} ${reason}.`, {
    advice: 'Package the chart with `helm package`, or name its folder.',
    place: { file: name },
    cause,
  });
}
