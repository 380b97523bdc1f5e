import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { type Boundary, resolveReferencedPath } from '../../core/files/boundary.ts';
import { isPrivateName, isVersionControl } from '../../core/files/private-names.ts';
import { kindOf } from '../../core/files/read-file.ts';
import type { Ignores } from './helm-ignore.ts';

/** A chart at the root of a repository is walked completely, as Helm does. */
const maximumFolderEntries = 200_000;

export interface WalkRules {
  /** The chart in messages. */
  readonly name: string;
  /** Links must stay inside it. */
  readonly boundary: Boundary;
  /** Files and links to skip. Default: none. */
  readonly ignores?: Ignores;
  /** Files that Helm does not read: no error if they are broken links, circular links, or special files. */
  readonly unread?: Ignores;
}

/** A regular file as Helm reads it. */
export interface WalkedFile {
  /** Absolute, with links resolved. */
  readonly path: string;
  /** Relative to the chart's root, `/` as separator. */
  readonly pathInChart: string;
}

interface PendingFolder {
  readonly path: string;
  readonly pathInChart: string;
  readonly linked: boolean;
  /** Helm does not read it. */
  readonly unread: boolean;
  /** Parent folders with links resolved, to detect cycles. */
  readonly ancestors: readonly string[];
}

/**
 * Walks a chart's folder as Helm does, following links, and passes each file to `visit`. Returns the paths that no
 * chart may read: version control, checkouts of other repositories, and private files that are linked or at the top of
 * a checkout, where tools store them. Throws `chart-invalid` for a link that leaves the boundary or leads to a private
 * file.
 */
export async function walkChart(
  folder: string,
  rules: WalkRules,
  visit: (file: WalkedFile) => Promise<void> | void,
): Promise<readonly string[]> {
  const pending: PendingFolder[] = [{ path: folder, pathInChart: '', linked: false, unread: false, ancestors: [] }];
  const excluded: string[] = [];
  let entries = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path: parent, linked, ancestors } = next;
    const found = await entriesOf(next, rules.name);
    const vcsEntry = found.find(({ name }) => isVersionControl(name));
    // A workflow put another repository there. A submodule has a file, and belongs to the chart's repository.
    const isOther = vcsEntry?.isDirectory() === true && parent !== folder && parent !== rules.boundary.realTop;
    // A subchart that the workflow put into charts/ is part of the chart.
    if (isOther && !/^(charts\/[^/]+\/)*charts\/[^/]+$/.test(next.pathInChart)) {
      excluded.push(next.pathInChart);
      continue;
    }
    const isCheckout = vcsEntry !== undefined;
    for (const entry of found) {
      entries += 1;
      if (entries > maximumFolderEntries) throw tooMany(rules.name);
      const pathInChart = next.pathInChart === '' ? entry.name : `${next.pathInChart}/${entry.name}`;
      if (isVersionControl(entry.name) || ((linked || isCheckout) && isPrivateName(entry.name))) {
        excluded.push(pathInChart);
        continue;
      }
      const path = join(parent, entry.name);
      // Helm reports broken and circular links.
      const stats = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      const kind = stats?.isDirectory() === true ? 'folder' : 'file';
      if (rules.ignores?.(pathInChart, kind)) continue;
      const unread = next.unread || rules.unread?.(pathInChart, kind) === true;
      if (unread && (stats === undefined || !(stats.isFile() || stats.isDirectory()))) continue;
      const target = entry.isSymbolicLink() ? await targetOf(path, rules) : path;
      if (stats === undefined) continue;
      if (stats.isFile()) await visit({ path: target, pathInChart });
      else if (!stats.isDirectory()) throw irregular(rules.name, pathInChart, kindOf(stats));
      else if (target !== parent && !ancestors.includes(target)) {
        const isLinked = linked || entry.isSymbolicLink();
        pending.push({ path: target, pathInChart, linked: isLinked, unread, ancestors: [...ancestors, parent] });
      }
    }
  }
  return excluded;
}

async function entriesOf({ path, pathInChart, unread }: PendingFolder, name: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (cause) {
    if (unread) return [];
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ChartImagesError('file-unreadable', `Cannot read ${pathInChart || 'the folder'} of ${name}: ${reason}.`, {
      advice: 'Check the permissions of this user, or list the folder in .helmignore.',
      location: { file: name },
      cause,
    });
  }
}

async function targetOf(path: string, { name, boundary }: WalkRules): Promise<string> {
  const resolved = await resolveReferencedPath(path, boundary);
  if (resolved.ok) return resolved.real;
  throw new ChartImagesError('chart-invalid', `Cannot follow a link in ${name}: ${path}: ${resolved.reason}.`, {
    advice: 'Replace the link with the file. A link could expose any file of this machine to the chart.',
    location: { file: name },
  });
}

function irregular(name: string, pathInChart: string, kind: string): ChartImagesError {
  return new ChartImagesError('chart-invalid', `Cannot use ${name}: ${pathInChart} is ${kind}.`, {
    advice: 'Remove it from the chart. Charts contain only regular files.',
    location: { file: name },
  });
}

function tooMany(name: string): ChartImagesError {
  return new ChartImagesError('chart-invalid', `Cannot read ${name}: it has more than ${maximumFolderEntries} files.`, {
    advice: 'Specify the folder that contains the Chart.yaml, without build output.',
    location: { file: name },
  });
}
