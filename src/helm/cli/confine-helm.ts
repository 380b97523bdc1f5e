import { dirname, join } from 'node:path';
import { exists } from '../../core/files/exists.ts';
import type { Log } from '../../core/log.ts';
import { type Confined, confinable, confine } from '../../core/process/landlock.ts';

/** Go reads the time zone from there, and templates may print the time. */
const everyone = ['/etc/localtime', '/usr/share/zoneinfo'] as const;

export interface HelmFiles {
  /** Absolute paths of charts and value files. */
  readonly reads: readonly string[];
  /** Absolute: the folder of the run's temporary files, helm's own among them. */
  readonly temporary: string;
}

/**
 * Helm with the right to read the chart, its value files and the repository that they are in, to write temporary files, and
 * to use no TCP. Undefined where this machine can't do that, which the log says once; the other rules for charts hold there too.
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
  const repositories = await Promise.all(reads.map(checkoutAround));
  const all = new Set([...reads, ...repositories.flatMap((folder) => folder ?? []), ...everyone]);
  return confine(helm, helmArguments, { reads: [...all], writes: [temporary] });
}

const reported = new Set<string>();

/** The checkout that a file is in: charts may link to what lies elsewhere in it. */
async function checkoutAround(path: string): Promise<string | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await exists(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
