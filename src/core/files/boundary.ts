import { readlink, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, sep } from 'node:path';
import { ChartImagesError, type SourceLocation } from '../errors.ts';
import { isInside } from './display-path.ts';
import { privatePart } from './private-names.ts';

/** The folder that paths in charts, and in files that a pull request can change, must be in. */
export interface Boundary {
  /** Absolute, as the user reaches it, which may be through links. */
  readonly top: string;
  /** Absolute, without links. */
  readonly realTop: string;
}

export type ResolvedPath =
  /** Both absolute. `path` has no links within the boundary, `real` has none at all. */
  { readonly ok: true; readonly path: string; readonly real: string } | ({ readonly ok: false } & Refusal);

export interface Refusal {
  /** Ends a sentence: `it leads out of /work/repository`. */
  readonly reason: string;
  /** Absolute path of the link in the repository that leads out of it. Undefined if the path itself does. */
  readonly link?: string;
}

/** `resolveTypedPath` or `resolveReferencedPath` with a boundary. */
export type ResolvePath = (path: string) => Promise<ResolvedPath>;

/** The limit of Linux. */
const maximumLinks = 40;

/**
 * The git top level of a folder, or the folder itself. Doesn't run git, which obeys the configuration of the
 * checkout.
 */
export async function findBoundary(workFolder: string): Promise<Boundary> {
  const top = (await checkoutAbove(workFolder)) ?? (await checkoutAbove(await realOf(workFolder))) ?? workFolder;
  return { top, realTop: await realOf(top) };
}

/** The boundary for paths in a folder: its checkout, which may be one of several in the working directory. */
export async function boundaryOf(folder: string, boundary: Boundary): Promise<Boundary> {
  const real = await realOf(folder);
  const top = (await checkoutOf(real, boundary)) ?? real;
  return { top: asReached(top, boundary), realTop: top };
}

/**
 * Resolves a path that was typed as an input of the run. It may be anywhere. A link in a checkout must not lead out of
 * that checkout or to its private files: a pull request may have replaced the file by a link.
 */
export async function resolveTypedPath(path: string, boundary: Boundary): Promise<ResolvedPath> {
  const target = await followLinks(path);
  if (target === undefined) return { ok: false, reason: circularLinks };
  let resolved = path;
  for (const link of target.links) {
    const checkout = await checkoutOf(dirname(link), boundary);
    if (checkout === undefined) continue;
    const reason = await refusalReason(target.real, checkout);
    if (reason !== undefined) return { ok: false, reason: `a link ${reason}`, link: asReached(link, boundary) };
    resolved = asReached(target.real, boundary);
  }
  return { ok: true, path: resolved, real: target.real };
}

/** Resolves a path in a file or a chart, with the boundary of its folder (`boundaryOf`). */
export async function resolveReferencedPath(path: string, boundary: Boundary): Promise<ResolvedPath> {
  // Before any access to the file: a chart must not learn whether a file exists outside of the boundary.
  if (!isInside(path, boundary.top) && !isInside(path, boundary.realTop)) {
    return { ok: false, reason: `it leads out of ${boundary.top}` };
  }
  const target = await followLinks(path);
  if (target === undefined) return { ok: false, reason: circularLinks };
  const reason = await refusalReason(target.real, boundary.realTop);
  return reason === undefined
    ? { ok: true, path: asReached(target.real, boundary), real: target.real }
    : { ok: false, reason: `it ${reason}` };
}

const circularLinks = 'its links are circular';

/** Undefined if a path without links is allowed. */
async function refusalReason(real: string, top: string): Promise<string | undefined> {
  if (!isInside(real, top)) return `leads out of ${top}`;
  const part = privatePart(relative(top, real));
  if (part !== undefined) return `leads to ${part}, which may contain secrets`;
  const other = await checkoutBetween(real, top);
  return other === undefined ? undefined : `leads into ${relative(top, other)}, which is another checkout`;
}

/**
 * The checkout of another repository that a workflow put into this one. Its files are not for this one's changes to
 * read. A folder around several checkouts is not a checkout itself, and no change can put a file there.
 */
async function checkoutBetween(real: string, top: string): Promise<string | undefined> {
  if (real === top || (await stat(join(top, '.git')).catch(() => undefined)) === undefined) return undefined;
  for (let folder = real; folder !== top; folder = dirname(folder)) {
    if (await isFolder(join(folder, '.git'))) return folder;
  }
  return undefined;
}

interface LinkTarget {
  /** Absolute, without links. Components that don't exist are unchanged. */
  readonly real: string;
  /** Absolute paths of the links that were followed, without links in their folders. */
  readonly links: readonly string[];
}

/** Undefined if the links are circular. */
async function followLinks(path: string): Promise<LinkTarget | undefined> {
  const links: string[] = [];
  let end = parse(path).root;
  const names = partsOf(path);
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') end = dirname(end);
    if (name === '' || name === '.' || name === '..') continue;
    const next = join(end, name);
    // Fails if this is not a link, or does not exist.
    const target = await readlink(next).catch(() => undefined);
    if (target === undefined) end = next;
    else {
      if (links.push(next) > maximumLinks) return undefined;
      if (isAbsolute(target)) end = parse(target).root;
      names.unshift(...partsOf(target));
    }
  }
  // Short names of Windows (GIT~1) are not links, and lead to the same file.
  return { real: process.platform === 'win32' ? await realOf(end) : end, links };
}

function partsOf(path: string): string[] {
  return path.slice(parse(path).root.length).split(sep === '\\' ? /[/\\]/ : '/');
}

/**
 * The top of the checkout that a folder belongs to. Undefined if there is none and the folder is not within the
 * boundary.
 */
export async function checkoutOf(realFolder: string, { realTop }: Boundary): Promise<string | undefined> {
  if (!isInside(realFolder, realTop)) return await checkoutAbove(realFolder);
  // A submodule has a file `.git`, and belongs to the outer checkout. A nested checkout has a folder, and does not.
  for (let folder = realFolder; folder !== realTop; folder = dirname(folder)) {
    if (await isFolder(join(folder, '.git'))) return folder;
  }
  return realTop;
}

async function checkoutAbove(start: string): Promise<string | undefined> {
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if ((await stat(join(folder, '.git')).catch(() => undefined)) !== undefined) return folder;
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

async function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** The path through the links that lead to the boundary. */
function asReached(path: string, { top, realTop }: Boundary): string {
  return isInside(path, realTop) ? join(top, relative(realTop, path)) : path;
}

/**
 * `object` completes "Cannot use …": `the values file "../x.yaml"`. `location` is where the path is written, or the
 * link.
 */
export function pathOutside(
  object: string,
  { reason }: Refusal,
  location: SourceLocation | undefined,
): ChartImagesError {
  return new ChartImagesError('path-outside', `Cannot use ${object}: ${reason}.`, {
    advice:
      'Put the file itself into the repository, not a link. To use a file elsewhere, set its path in an input of the run.',
    location,
  });
}
