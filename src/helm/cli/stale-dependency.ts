import { posix } from 'node:path';
import type { Finding } from '../../core/findings.ts';
import type { ChartDependency } from '../charts/chart.ts';
import type { SubchartTree } from '../charts/subchart-tree.ts';
import { dependencyLocation, type ShownChart } from './dependency-location.ts';

/**
 * The chart in `charts/` was replaced for the rendering, but an installation of the folder as it is takes the other.
 */
export function staleDependency(
  chart: ShownChart,
  dependency: ChartDependency,
  found: readonly SubchartTree[],
  version: string,
): Finding {
  const { name } = dependency;
  const entries = found.map(({ path, metadata }) => `${posix.basename(path)} (${metadata?.version ?? 'no version'})`);
  const { file, line } = dependencyLocation(chart, dependency);
  return {
    code: 'stale-dependency',
    severity: 'warning',
    message: `${chart.shown} was rendered with ${name} ${version}, as it asks for, but its charts/ has ${entries.join(', ')}.`,
    advice: 'Run `helm dependency build` in the chart, and commit charts/ if it is in the repository.',
    file,
    ...(line !== undefined && { line }),
  };
}
