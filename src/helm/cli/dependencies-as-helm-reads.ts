import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import type { ChartDependency } from '../charts/chart.ts';
import { readChartFile } from '../charts/chart-folder.ts';
import { parseChartYaml } from '../charts/chart-yaml.ts';
import type { Helm } from './helm.ts';
import { HelmCommandError } from './helm-command-error.ts';
import type { HelmContext } from './helm-context.ts';
import { helmReason, offlineBounds, runHelm } from './run-helm.ts';

/** What `helm dependency` will fetch for a chart. */
export interface SeenDependencies {
  /** Of Chart.yaml, or of requirements.yaml laid over it. */
  readonly wanted: readonly ChartDependency[];
  /** Of the lock file that the command goes by; undefined without one. */
  readonly locked: readonly ChartDependency[] | undefined;
}

/**
 * The dependencies as helm itself reads them: `folder` is the chart's copy, `scratch` an empty folder. Its YAML is not ours: it
 * merges `<<`, takes `Repository` and other foldings for `repository`, and lays requirements.yaml over Chart.yaml entry by entry, so
 * a chart could show a checker one address and helm another. Throws `HelmCommandError`.
 */
export async function seenDependencies(
  helm: Helm,
  folder: string,
  scratch: string,
  access: HelmContext,
): Promise<SeenDependencies> {
  const wanted = await readBy(helm, folder, scratch, access);
  let locked: readonly ChartDependency[] | undefined;
  for (const file of ['Chart.lock', 'requirements.lock']) {
    const text = await readChartFile(folder, file);
    if (text === undefined) continue;
    // Helm reads a lock file and requirements.yaml into lists of the same kind.
    const asChart = join(scratch, file);
    await mkdir(asChart);
    await writeFileAtomically(join(asChart, 'Chart.yaml'), 'apiVersion: v1\nname: lock\nversion: 1.0.0\n');
    await writeFileAtomically(join(asChart, 'requirements.yaml'), text);
    locked = [...(locked ?? []), ...(await readBy(helm, asChart, scratch, access))];
  }
  return { wanted, locked };
}

async function readBy(helm: Helm, folder: string, scratch: string, access: HelmContext) {
  const command = {
    arguments: ['show', 'chart', '--', folder],
    reads: [],
    home: join(scratch, 'home'),
    bounds: offlineBounds,
  };
  const result = await runHelm(helm, command, access);
  if (result.exitCode !== 0) throw new HelmCommandError(helmReason(result));
  const chart = await parseChartYaml({ text: result.stdout, name: 'helm show chart', archive: undefined });
  return chart.dependencies;
}

/** Throws `HelmCommandError` for what a lock file has and Chart.yaml has not, because helm fetches what the lock file says. */
export function checkLocked({ wanted, locked = [] }: SeenDependencies): void {
  for (const { name, repository } of locked) {
    if (wanted.some((each) => each.name === name && each.repository === repository)) continue;
    throw new HelmCommandError(
      `the lock file is out of sync with Chart.yaml, which does not ask for "${name}" from ${repository || 'charts/'}`,
    );
  }
}
