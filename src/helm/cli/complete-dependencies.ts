import type { Chart } from '../charts/chart.ts';
import { findDependencyFaults } from '../charts/dependency-faults.ts';
import { readSubchartTree } from '../charts/subchart-tree.ts';
import { buildDependencies, type CompletedChart } from './build-dependencies.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { createVersionMatcher } from './match-version.ts';

/**
 * Checks the dependencies of a chart and of its subcharts by name, version, and alias, and builds those that are
 * missing, because Helm checks only the names at the top level and leaves out the others without a word.
 * Errors in the result: `dependency-missing`, `dependency-ambiguous`, `chart-pull` (a server is unreachable or
 * forbidden), `path-outside`, the errors of archives. Throws only `cancelled` and `internal`.
 */
export async function completeDependencies(
  helm: () => Promise<Helm>,
  chart: Chart,
  context: HelmContext,
): Promise<CompletedChart> {
  const tree = await readSubchartTree(chart.path, chart.home?.boundary);
  const faults = await findDependencyFaults(tree, createVersionMatcher(helm, context));
  if (faults.length === 0) return { path: chart.path, errors: [], rendering: 'complete', findings: [] };
  const names = faults.flatMap(({ kind, name }) => (kind === 'several' ? [] : [name]));
  return await buildDependencies(await helm(), chart, { names: [...new Set(names)], missing: [] }, context);
}
