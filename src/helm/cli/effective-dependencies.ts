import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../core/files/write-file.ts';
import type { ChartDependency } from '../charts/chart.ts';
import { readChartFile } from '../charts/chart-folder.ts';
import { parseChartYaml } from '../charts/chart-yaml.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { helmReason, offlineLimits, runHelm } from './run-helm.ts';

/** A reason why a helm command failed, in Helm's words or ours, that a caller wraps in an error about the chart. */
export class HelmCommandError extends Error {
  override readonly name = 'HelmCommandError';
}

/** The dependencies that `helm dependency` downloads. */
export interface EffectiveDependencies {
  /** From Chart.yaml, merged with requirements.yaml. */
  readonly wanted: readonly ChartDependency[];
  /** From the lock files; undefined if there is none. */
  readonly locked: readonly ChartDependency[] | undefined;
}

/**
 * Lets Helm parse the dependencies, because its YAML differs from ours: it merges `<<`, ignores case (`Repository`),
 * and merges requirements.yaml, so a chart could show different addresses to us and to Helm. `folder` is the chart's
 * copy, `scratch` an empty folder. Throws `HelmCommandError`.
 */
export async function effectiveDependencies(
  helm: Helm,
  folder: string,
  scratch: string,
  context: HelmContext,
): Promise<EffectiveDependencies> {
  const wanted = await parseWithHelm(helm, folder, scratch, context);
  let locked: readonly ChartDependency[] | undefined;
  for (const file of ['Chart.lock', 'requirements.lock']) {
    const text = await readChartFile(folder, file, undefined);
    if (text === undefined) continue;
    // A lock file has the same format as requirements.yaml.
    const asChart = join(scratch, file);
    await mkdir(asChart);
    await writeFileAtomically(join(asChart, 'Chart.yaml'), 'apiVersion: v1\nname: lock\nversion: 1.0.0\n');
    await writeFileAtomically(join(asChart, 'requirements.yaml'), text);
    locked = [...(locked ?? []), ...(await parseWithHelm(helm, asChart, scratch, context))];
  }
  return { wanted, locked };
}

async function parseWithHelm(helm: Helm, folder: string, scratch: string, context: HelmContext) {
  const command = {
    arguments: ['show', 'chart', '--', folder],
    reads: [],
    home: join(scratch, 'home'),
    limits: offlineLimits,
  };
  const result = await runHelm(helm, command, context);
  if (result.exitCode !== 0) throw new HelmCommandError(helmReason(result));
  const chart = await parseChartYaml({ text: result.stdout, name: 'helm show chart', archive: undefined });
  return chart.dependencies;
}

/** Throws `HelmCommandError` for a locked dependency that is not in Chart.yaml, because Helm would download it. */
export function checkLocked({ wanted, locked = [] }: EffectiveDependencies): void {
  for (const { name, repository } of locked) {
    if (wanted.some((each) => each.name === name && each.repository === repository)) continue;
    throw new HelmCommandError(
      `the lock file is out of sync with Chart.yaml, which does not list "${name}" from ${repository || 'charts/'}`,
    );
  }
}
