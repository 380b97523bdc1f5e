import { dirname, join } from 'node:path';
import { exists } from '../../core/files/exists.ts';
import type { Log } from '../../core/log.ts';
import { type Confined, confinable, confine } from '../../core/process/landlock.ts';

/** Go reads the time zone from these paths, and templates can print the time. */
const alwaysReadable = ['/etc/localtime', '/usr/share/zoneinfo'] as const;

export interface HelmFiles {
  /** Absolute paths of charts and values files. */
  readonly reads: readonly string[];
  /** Absolute: temporary folder for this run, including Helm's own files. */
  readonly temporary: string;
}

/**
 * Restricts Helm with Landlock: it can read the chart, its values files and their repository, write temporary files,
 * and use no TCP. Undefined if this machine does not support that, which is logged once.
 */
export async function confinedHelm(
  helm: string,
  helmArguments: readonly string[],
  { reads, temporary }: HelmFiles,
  log: Log,
): Promise<Confined | undefined> {
  const unconfined = await confinable(helm);
  if (unconfined !== undefined) {
    if (!reported.has(helm)) log.debug(`helm runs without Landlock: ${unconfined.reason}.`);
    reported.add(helm);
    return undefined;
  }
  const repositories = await Promise.all(reads.map(enclosingCheckout));
  const all = new Set([...reads, ...repositories.flatMap((folder) => folder ?? []), ...alwaysReadable]);
  return confine(helm, helmArguments, { reads: [...all], writes: [temporary] });
}

const reported = new Set<string>();

/** Charts can link to other files of their checkout. */
async function enclosingCheckout(path: string): Promise<string | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await exists(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
