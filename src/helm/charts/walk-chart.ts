import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartImagesError } from '../../core/errors.ts';
import { type Boundary, resolveReferencedPath } from '../../core/files/boundary.ts';
import { isPrivateName, isVersionControl } from '../../core/files/private-names.ts';
import { kindOf } from '../../core/files/read-file.ts';
import type { Ignores } from './helm-ignore.ts';

/** A chart at the root of a big repository is walked as a whole, as helm does. */
const maximumFolderEntries = 200_000;

export interface WalkRules {
  /** How messages name the chart. */
  readonly name: string;
  /** What its links must not leave. */
  readonly boundary: Boundary;
  /** What is passed over, links included; nothing without it. */
  readonly ignores?: Ignores;
}

/** A regular file as helm sees it. */
export interface WalkedFile {
  /** Absolute, without links below the folder that is walked. */
  readonly path: string;
  /** From the chart's root, `/` as separator. */
  readonly seenAs: string;
}

interface PendingFolder {
  readonly path: string;
  readonly seenAs: string;
  readonly linked: boolean;
  /** The folders around it, without links: links can go in circles. */
  readonly above: readonly string[];
}

/**
 * Walks a chart's folder as helm does, links included, and hands over each file; gives what no chart may read and helm would:
 * version control, and private files that are reached by a link or are at the top of a checkout, where other tools leave them.
 * `folder` is without links. Errors: `chart-invalid` for a link that leaves the boundary or leads to a private file.
 */
export async function walkChart(
  folder: string,
  rules: WalkRules,
  visit: (file: WalkedFile) => Promise<void> | void,
): Promise<readonly string[]> {
  const waiting: PendingFolder[] = [{ path: folder, seenAs: '', linked: false, above: [] }];
  const leftOut: string[] = [];
  let entries = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path: parent, linked, above } = next;
    const found = await readdir(parent, { withFileTypes: true });
    const isCheckout = found.some(({ name }) => isVersionControl(name));
    for (const entry of found) {
      entries += 1;
      if (entries > maximumFolderEntries) throw tooMany(rules.name);
      const seenAs = next.seenAs === '' ? entry.name : `${next.seenAs}/${entry.name}`;
      if (isVersionControl(entry.name) || ((linked || isCheckout) && isPrivateName(entry.name))) {
        leftOut.push(seenAs);
        continue;
      }
      const path = join(parent, entry.name);
      // Broken links are left to helm, which has its own words for them; they lead nowhere.
      const stats = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (stats !== undefined && rules.ignores?.(seenAs, stats.isDirectory() ? 'folder' : 'file')) continue;
      const target = entry.isSymbolicLink() ? await targetOf(path, rules) : path;
      if (stats === undefined) continue;
      if (stats.isFile()) await visit({ path: target, seenAs });
      else if (!stats.isDirectory()) throw irregular(rules.name, seenAs, kindOf(stats));
      else if (target !== parent && !above.includes(target)) {
        const isLinked = linked || entry.isSymbolicLink();
        waiting.push({ path: target, seenAs, linked: isLinked, above: [...above, parent] });
      }
    }
  }
  return leftOut;
}

async function targetOf(path: string, { name, boundary }: WalkRules): Promise<string> {
  const held = await resolveReferencedPath(path, boundary);
  if (held.ok) return held.real;
  throw new ChartImagesError('chart-invalid', `${name} has a link that is not allowed: ${path}: ${held.reason}.`, {
    advice: "Put the file itself into the chart: a link could show the chart any of this machine's files.",
    place: { file: name },
  });
}

function irregular(name: string, seenAs: string, kind: string): ChartImagesError {
  return new ChartImagesError('chart-invalid', `Cannot use ${name}: ${seenAs} is ${kind}.`, {
    advice: 'Take it out of the chart: charts have regular files only.',
    place: { file: name },
  });
}

function tooMany(name: string): ChartImagesError {
  return new ChartImagesError('chart-invalid', `${name} has more than ${maximumFolderEntries} files.`, {
    advice: 'Name the folder that holds the Chart.yaml, not one with build output in it.',
    place: { file: name },
  });
}
