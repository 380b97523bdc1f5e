import { readlink, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, parse, relative, sep } from 'node:path';
import { ChartImagesError, type SourceLocation } from '../errors.ts';
import { isInside } from './display-path.ts';
import { privatePart } from './private-names.ts';

/** The folder that charts, and files that a pull request can change, may name paths in. */
export interface Boundary {
  /** Absolute, by the path that leads to the folder of the run. */
  readonly top: string;
  /** Absolute, without links. */
  readonly realTop: string;
}

export type Held =
  /** Both absolute: as the user reaches it, without links that lie within the boundary, and without any links. */
  { readonly ok: true; readonly path: string; readonly real: string } | ({ readonly ok: false } & Refusal);

export interface Refusal {
  /** Ends a sentence: `it leads out of /work/repository`. */
  readonly reason: string;
  /** Absolute: the link in the repository that leads elsewhere, where the path itself does not. */
  readonly link?: string;
}

/** `holdTyped` or `holdNamed` with its boundary. */
export type Hold = (path: string) => Promise<Held>;

/** As many as Linux follows. */
const mostLinks = 40;

/** The git top level of a folder, else the folder itself; git is not asked, because it obeys the checkout's configuration. */
export async function findBoundary(workFolder: string): Promise<Boundary> {
  const top = (await checkoutAbove(workFolder)) ?? (await checkoutAbove(await realOf(workFolder))) ?? workFolder;
  return { top, realTop: await realOf(top) };
}

/** The boundary of what is in a folder: the checkout that it belongs to, which may be one of several in the folder of the run. */
export async function boundaryOf(folder: string, boundary: Boundary): Promise<Boundary> {
  const real = await realOf(folder);
  const top = (await checkoutOf(real, boundary)) ?? real;
  return { top: shownIn(top, boundary), realTop: top };
}

/**
 * A path that was typed as an input of the run. It may lie anywhere, and a link that lies in a checkout leads no further than
 * that checkout, and not to what is private there: the change that is checked may have put the link in the place of a file.
 */
export async function holdTyped(path: string, boundary: Boundary): Promise<Held> {
  const way = await follow(path);
  if (way === undefined) return { ok: false, reason: 'its links go in circles' };
  let held = path;
  for (const link of way.links) {
    const checkout = await checkoutOf(dirname(link), boundary);
    if (checkout === undefined) continue;
    const reason = await wrongEnd(way.end, checkout);
    if (reason !== undefined) return { ok: false, reason: `a link ${reason}`, link: shownIn(link, boundary) };
    held = shownIn(way.end, boundary);
  }
  return { ok: true, path: held, real: way.end };
}

/** A path that a file or a chart names, which is held by the boundary of its folder (`boundaryOf`). */
export async function holdNamed(path: string, boundary: Boundary): Promise<Held> {
  // Before anything is asked about it: whether a file exists elsewhere is not for a chart to know either.
  if (!isInside(path, boundary.top) && !isInside(path, boundary.realTop)) {
    return { ok: false, reason: `it leads out of ${boundary.top}` };
  }
  const way = await follow(path);
  if (way === undefined) return { ok: false, reason: 'its links go in circles' };
  const reason = await wrongEnd(way.end, boundary.realTop);
  return reason === undefined
    ? { ok: true, path: shownIn(way.end, boundary), real: way.end }
    : { ok: false, reason: `it ${reason}` };
}

/** What is wrong with the end of a link, or of a path with links; undefined when nothing is. */
async function wrongEnd(end: string, top: string): Promise<string | undefined> {
  if (!isInside(end, top)) return `leads out of ${top}`;
  const part = privatePart(relative(top, end));
  if (part !== undefined) return `leads to ${part}, which may hold secrets`;
  const other = await checkoutBetween(end, top);
  return other === undefined ? undefined : `leads into ${relative(top, other)}, which is another checkout`;
}

/**
 * A checkout of another repository that a workflow put into this one: what may be read there is not for this one's changes to
 * say. A folder around several checkouts is none itself, and no change can put a file there.
 */
async function checkoutBetween(end: string, top: string): Promise<string | undefined> {
  if (end === top || (await stat(join(top, '.git')).catch(() => undefined)) === undefined) return undefined;
  for (let folder = end; folder !== top; folder = dirname(folder)) {
    if (await isFolder(join(folder, '.git'))) return folder;
  }
  return undefined;
}

interface Way {
  /** Absolute, without links; what does not exist is taken as it is written. */
  readonly end: string;
  /** Where the links are that were followed: absolute, without links in their folders. */
  readonly links: readonly string[];
}

/** Undefined when there is no end. */
async function follow(path: string): Promise<Way | undefined> {
  const links: string[] = [];
  let end = parse(path).root;
  const names = partsOf(path);
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') end = dirname(end);
    if (name === '' || name === '.' || name === '..') continue;
    const next = join(end, name);
    // Fails for what is no link, or is not there.
    const target = await readlink(next).catch(() => undefined);
    if (target === undefined) end = next;
    else {
      if (links.push(next) > mostLinks) return undefined;
      if (isAbsolute(target)) end = parse(target).root;
      names.unshift(...partsOf(target));
    }
  }
  // Short names of Windows (GIT~1) are no links, and lead to the same file.
  return { end: process.platform === 'win32' ? await realOf(end) : end, links };
}

function partsOf(path: string): string[] {
  return path.slice(parse(path).root.length).split(sep === '\\' ? /[/\\]/ : '/');
}

/** The top of the checkout that a folder belongs to; undefined when it belongs to none and is not within the boundary. */
export async function checkoutOf(realFolder: string, { realTop }: Boundary): Promise<string | undefined> {
  if (!isInside(realFolder, realTop)) return await checkoutAbove(realFolder);
  // A submodule has a file `.git`, and belongs to the checkout around it; another checkout in the folder of the run does not.
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

/** As the user reaches it: a boundary that lies behind a link is named by the link. */
function shownIn(path: string, { top, realTop }: Boundary): string {
  return isInside(path, realTop) ? join(top, relative(realTop, path)) : path;
}

/** `what` is how messages name what was not used: `the values file "../x.yaml"`; `place` is where it is named, or the link. */
export function pathOutside(what: string, { reason }: Refusal, place: SourceLocation | undefined): ChartImagesError {
  return new ChartImagesError('path-outside', `Cannot use ${what}: ${reason}.`, {
    advice:
      'Put the file itself into the repository, not a link. To use a file elsewhere, name its path in an input of the run.',
    place,
  });
}
