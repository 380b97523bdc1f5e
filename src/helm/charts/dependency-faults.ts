import type { ChartDependency } from './chart.ts';
import type { SubchartTree } from './subchart-tree.ts';

/** A dependency that Helm would leave out, or take in a wrong form, without a word. */
export type DependencyFault = {
  /** The chart that lists the dependency, or whose `charts/` has the charts. */
  readonly chart: SubchartTree;
  readonly name: string;
} & (
  | { readonly kind: 'missing'; readonly dependency: ChartDependency }
  /** In Chart.yaml, while Helm reads the list of requirements.yaml. */
  | { readonly kind: 'overridden'; readonly dependency: ChartDependency }
  /** Helm renders them without alias, condition, and the values below the alias. */
  | { readonly kind: 'version'; readonly dependency: ChartDependency; readonly found: readonly SubchartTree[] }
  /** Helm takes one of them by chance. */
  | {
      readonly kind: 'several';
      readonly dependency: ChartDependency | undefined;
      readonly found: readonly SubchartTree[];
    }
);

/** Whether a version satisfies a constraint, as Helm reads it. */
export type MatchVersion = (version: string, constraint: string) => Promise<boolean>;

/**
 * All faults of a tree, those of subcharts first. Helm itself checks only the names at the top level. A subchart may
 * lack a library chart that another chart has: templates are shared, and packages often have it once.
 */
export async function findDependencyFaults(
  root: SubchartTree,
  matches: MatchVersion,
): Promise<readonly DependencyFault[]> {
  const libraries = libraryNames(root);
  const faults: DependencyFault[] = [];
  // One after the other, because `matches` can start a program.
  for (const chart of allCharts(root)) faults.push(...(await ownFaults(chart, matches)));
  return faults.filter(({ kind, chart, name }) => chart === root || kind !== 'missing' || !libraries.has(name));
}

/** Whether a fault is an error that nothing can be built against. */
export function isReported({ kind, chart }: DependencyFault, root: 'folder' | 'archive'): boolean {
  return kind === 'several' || (kind === 'overridden' && root === 'folder' && chart.form === 'folder');
}

/** Names of all library charts of a tree. */
export function libraryNames(root: SubchartTree): ReadonlySet<string> {
  return new Set(allCharts(root).flatMap(({ metadata }) => (metadata?.type === 'library' ? metadata.name : [])));
}

/** Subcharts first. */
function allCharts(chart: SubchartTree): readonly SubchartTree[] {
  return [...chart.subcharts.flatMap(allCharts), chart];
}

/**
 * Whether a dependency can be added or replaced: not in a package, which is installed as it is, except where Helm
 * refuses it, and not without a version.
 */
export function isFixable({ kind, chart, dependency }: DependencyFault, root: 'folder' | 'archive'): boolean {
  if (kind === 'missing' && chart.path === '') return true;
  if (kind === 'several' || kind === 'overridden') return false;
  return root === 'folder' && chart.form === 'folder' && dependency?.version !== '';
}

/** Without those of subcharts. */
export async function ownFaults(chart: SubchartTree, matches: MatchVersion): Promise<readonly DependencyFault[]> {
  const dependencies = chart.metadata?.dependencies ?? [];
  const byName = chartsByName(chart.subcharts);
  const named = (name: string) => byName.get(name) ?? [];
  const faults: DependencyFault[] = (chart.metadata?.overridden ?? []).map((dependency) => {
    return { kind: 'overridden', chart, name: dependency.name, dependency };
  });
  const taken = new Set<SubchartTree>();
  const unclear = new Set<string>();
  for (const dependency of dependencies) {
    const { name } = dependency;
    const found = named(name);
    const fitting: SubchartTree[] = [];
    for (const each of found) if (await fits(each, dependency, matches)) fitting.push(each);
    for (const each of fitting) taken.add(each);
    if (found.length === 0) faults.push({ kind: 'missing', chart, name, dependency });
    else if (fitting.length === 0) faults.push({ kind: 'version', chart, name, dependency, found });
    if (fitting.length > 1) unclear.add(name);
    if (found.length > 0 && fitting.length === 0) for (const each of found) taken.add(each);
  }
  const names = new Set(chart.subcharts.flatMap(({ metadata }) => metadata?.name ?? []));
  for (const name of names) {
    const found = named(name);
    const isClear = found.length === 1 || (!unclear.has(name) && found.every((each) => taken.has(each)));
    if (isClear) continue;
    const dependency = dependencies.find((each) => each.name === name);
    faults.push({ kind: 'several', chart, name, dependency, found });
  }
  return faults;
}

/** In one pass, because a change can add as many charts as it likes. */
function chartsByName(charts: readonly SubchartTree[]): ReadonlyMap<string, readonly SubchartTree[]> {
  const found = new Map<string, SubchartTree[]>();
  for (const chart of charts) {
    const name = chart.metadata?.name;
    if (name === undefined) continue;
    const known = found.get(name);
    if (known === undefined) found.set(name, [chart]);
    else known.push(chart);
  }
  return found;
}

/** Without a version, Helm renders the chart as if it were not listed, which only matters for alias and conditions. */
async function fits(found: SubchartTree, dependency: ChartDependency, matches: MatchVersion): Promise<boolean> {
  const { version, alias, optional } = dependency;
  if (version === '') return alias === undefined && optional === undefined;
  return await matches(found.metadata?.version ?? '', version);
}
