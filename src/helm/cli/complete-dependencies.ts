import type { Chart } from '../charts/chart.ts';
import { findDependencyFaults, isFixable, isReported } from '../charts/dependency-faults.ts';
import { readSubchartTree } from '../charts/subchart-tree.ts';
import { buildDependencies, type CompletedChart } from './build-dependencies.ts';
import { faultError } from './dependency-error.ts';
import { packagedMismatches, shownIn } from './dependency-mismatch.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { createVersionMatcher } from './match-version.ts';

/**
 * Checks the dependencies of a chart and of its subcharts by name, version, and alias, and builds those that are
 * missing, because Helm checks only the names at the top level and leaves out the others without a word.
 * Errors in the result: `dependency-missing`, `dependency-ambiguous`, `chart-pull` (a server is unreachable or
 * forbidden), `path-outside`, the errors of archives. Throws `chart-invalid`, `cancelled`, and `internal`.
 */
export async function completeDependencies(
  helm: () => Promise<Helm>,
  chart: Chart,
  context: HelmContext,
): Promise<CompletedChart> {
  const tree = await readSubchartTree(chart.path, chart.home?.boundary);
  const faults = await findDependencyFaults(tree, createVersionMatcher(helm, chart.displayPath, context));
  const names = faults.filter((fault) => isFixable(fault, chart.kind)).map(({ name }) => name);
  if (names.length > 0 || faults.some(({ kind }) => kind === 'several')) {
    return await buildDependencies(await helm(), chart, { names: [...new Set(names)], missing: [] }, context);
  }
  const reported = faults.filter((fault) => isReported(fault, chart.kind));
  const errors = reported.map((fault) => faultError(shownIn(chart, fault.chart), fault));
  const findings = packagedMismatches(
    chart,
    tree,
    faults.filter((fault) => !reported.includes(fault)),
  );
  return {
    path: chart.path,
    errors,
    replaced: false,
    rendering: errors.length > 0 ? 'incomplete' : 'complete',
    findings,
  };
}
