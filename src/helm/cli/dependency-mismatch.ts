import { basename } from 'node:path/posix';
import type { SourceLocation } from '../../core/errors.ts';
import type { Finding } from '../../core/findings.ts';
import { joinWithLimit } from '../../core/text.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import type { DependencyFault } from '../charts/dependency-faults.ts';
import type { SubchartTree } from '../charts/subchart-tree.ts';
import { dependencyLocation, type ShownChart } from './dependency-location.ts';

/** The chart in `charts/` was replaced for the rendering, but an installation of the folder takes the other. */
export function replacedDependency(
  chart: ShownChart,
  dependency: ChartDependency,
  found: readonly SubchartTree[],
  version: string,
): Finding {
  const { name } = dependency;
  return mismatch(
    `${chart.shown} was rendered with ${name} ${version}, as it asks for, but its charts/ has ${entriesOf(found)}.`,
    'Run `helm dependency build` in the chart, and commit charts/ if it is in the repository.',
    dependencyLocation(chart, dependency),
  );
}

/**
 * One finding for the dependencies of a chart that have the same fault. A package is rendered as it is, because it is
 * installed as it is.
 */
export function packagedMismatches(
  chart: Chart,
  tree: SubchartTree,
  faults: readonly DependencyFault[],
): readonly Finding[] {
  const groups = new Map<string, [DependencyFault, ...DependencyFault[]]>();
  for (const fault of faults) {
    const cause = fault.kind === 'version' && fault.dependency.version === '' ? 'no version' : fault.kind;
    const key = `${fault.chart.path} ${cause}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fault]);
    else group.push(fault);
  }
  return [...groups.values()].map((group) => packagedMismatch(chart, tree, group));
}

/** Dependencies in one message. */
const shownNames = 5;

function packagedMismatch(
  chart: Chart,
  tree: SubchartTree,
  group: readonly [DependencyFault, ...DependencyFault[]],
): Finding {
  const [first] = group;
  const shown = first.chart.path === '' ? chart.displayPath : `${chart.displayPath}: ${first.chart.path}`;
  const location = locationIn(chart, tree, first);
  const names = joinWithLimit(
    group.map(({ name }) => `"${name}"`),
    shownNames,
  );
  const wanted = joinWithLimit(
    group.map(({ name, dependency }) => `"${name}" ${dependency?.version ?? ''}`),
    shownNames,
  );
  if (first.kind === 'missing') {
    const message = `${shown} lists ${names} as a dependency and does not have it, so helm renders the chart without.`;
    return mismatch(message, 'If images are missing, use a package that has the dependency.', location);
  }
  if (first.kind === 'overridden') {
    const message = `${shown} lists ${names} in Chart.yaml, but helm reads requirements.yaml instead.`;
    return mismatch(message, 'If images are missing, use a package without requirements.yaml.', location);
  }
  if (first.dependency?.version === '') {
    const message = `${shown} lists ${names} without a version, so helm ignores aliases and conditions.`;
    return mismatch(message, 'Add the versions of the dependencies to Chart.yaml.', location);
  }
  const found = joinWithLimit(
    group.map((fault) => ('found' in fault ? entriesOf(fault.found) : '')),
    shownNames,
  );
  return mismatch(
    `${shown} lists ${wanted} as a dependency and has ${found}, so helm ignores aliases and conditions.`,
    'Check that its images are those that the chart needs, or use a package that has the right version.',
    location,
  );
}

/** A chart of a folder, as the user sees it. */
export function shownIn({ displayPath, kind }: Chart, { path }: SubchartTree): ShownChart {
  return { shown: path === '' ? displayPath : `${displayPath}/${path}`, kind };
}

/** A user sees lines only in folders: an archive is shown at the line that lists it. */
function locationIn(chart: Chart, tree: SubchartTree, fault: DependencyFault): SourceLocation {
  const root = { shown: chart.displayPath, kind: chart.kind };
  if (chart.kind === 'archive') return dependencyLocation(root, undefined);
  let at = tree;
  for (;;) {
    const next = at.subcharts.find(({ path }) => fault.chart.path === path || fault.chart.path.startsWith(`${path}/`));
    const shown = { ...root, shown: at.path === '' ? root.shown : `${root.shown}/${at.path}` };
    if (next === undefined) return dependencyLocation(shown, fault.dependency);
    if (next.form === 'archive') {
      const listed = at.metadata?.dependencies.find(({ name }) => name === next.metadata?.name);
      return dependencyLocation(shown, listed);
    }
    at = next;
  }
}

/** `cache-7.0.0.tgz (7.0.0)`, of the charts in `charts/`. */
export function entriesOf(found: readonly SubchartTree[]): string {
  return found.map(({ path, metadata }) => `${basename(path)} (${metadata?.version ?? 'no version'})`).join(', ');
}

function mismatch(message: string, advice: string, { file, line }: SourceLocation): Finding {
  return {
    code: 'dependency-mismatch',
    severity: 'warning',
    message,
    advice,
    file,
    ...(line !== undefined && { line }),
  };
}
