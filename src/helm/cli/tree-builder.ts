import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type ChartImagesError, toErrors } from '../../core/errors.ts';
import { toPosixPath } from '../../core/files/display-path.ts';
import type { Finding } from '../../core/findings.ts';
import { tidyUp } from '../../core/tidy-up.ts';
import type { ChartDependency } from '../charts/chart.ts';
import {
  type DependencyFault,
  isFixable,
  isReported,
  libraryNames,
  type MatchVersion,
  ownFaults,
} from '../charts/dependency-faults.ts';
import { readSubchartTree, type SubchartTree } from '../charts/subchart-tree.ts';
import { aliasOf, readChartLock, staleLock, withLockedAddress, withLockedVersion } from './chart-lock.ts';
import type { ChartCopy, CopiedChart } from './copy-chart.ts';
import { dependencyError, faultError, rethrowOthers, unbuildable } from './dependency-error.ts';
import { replacedDependency } from './dependency-mismatch.ts';
import { checkLocked, effectiveDependencies, HelmCommandError } from './effective-dependencies.ts';
import { fetchDependency } from './fetch-dependency.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';

/** Dependencies that are added to one chart. Each takes a second; the largest known charts have 40. */
const maximumAdded = 200;

export interface TreeAccess {
  readonly helm: Helm;
  readonly copy: ChartCopy;
  /** Absolute: for Helm's own files. */
  readonly home: string;
  /** Absolute: for folders of its own. */
  readonly scratch: string;
  readonly matches: MatchVersion;
  readonly context: HelmContext;
}

/** Adds the missing dependencies of a copied chart, its subcharts, and the charts that its addresses lead to. */
export class TreeBuilder {
  readonly errors: ChartImagesError[] = [];
  readonly findings: Finding[] = [];
  readonly #access: TreeAccess;
  readonly #visited = new Set<string>();
  readonly #packed: string[] = [];
  #added = 0;
  /** Charts that are being built. */
  readonly #active = new Set<string>();
  /** Of the whole tree, because templates are shared. */
  #libraries: ReadonlySet<string> = new Set();

  constructor(access: TreeAccess) {
    this.#access = access;
  }

  /** `missing`: dependencies of the chart itself that Helm reports. Throws only `cancelled` and `internal`. */
  async build(chart: CopiedChart, missing: readonly string[] = []): Promise<void> {
    // Two charts can refer to the same folder, or in a circle.
    if (this.#visited.has(chart.path)) return;
    this.#visited.add(chart.path);
    const { matches } = this.#access;
    const tree = await readSubchartTree(chart.path);
    if (chart === this.#access.copy.root) this.#libraries = libraryNames(tree);
    this.#active.add(chart.path);
    if (chart.kind === 'folder') for (const subchart of tree.subcharts) await this.#buildSubchart(chart, subchart);
    const isShared = ({ kind, name }: DependencyFault) =>
      kind === 'missing' && chart !== this.#access.copy.root && this.#libraries.has(name);
    const faults = (await ownFaults(tree, matches)).filter((fault) => !isShared(fault));
    for (const fault of faults) if (isReported(fault, chart.kind)) this.errors.push(faultError(chart, fault));
    const fixable = faults.filter((fault) => isFixable(fault, chart.kind));
    const names = new Set([...fixable.map(({ name }) => name), ...missing]);
    if (names.size > 0) await this.#add(chart, tree, names);
    this.#active.delete(chart.path);
  }

  async #buildSubchart(chart: CopiedChart, subchart: SubchartTree): Promise<void> {
    if (subchart.form === 'archive') return;
    const path = join(chart.path, subchart.path);
    const home = chart.home && join(chart.home, subchart.path);
    const shown = chart.kind === 'folder' ? `${chart.shown}/${subchart.path}` : chart.shown;
    await this.build({ ...chart, path, home, shown });
  }

  /** Whether a path in the root's copy is in a package of a `file://` folder, whose faults are already reported. */
  isPacked(path: string): boolean {
    return this.#packed.some((packed) => path === packed || path.startsWith(`${packed}/`));
  }

  async #add(chart: CopiedChart, tree: SubchartTree, names: ReadonlySet<string>): Promise<void> {
    const listed = tree.metadata?.dependencies ?? [];
    let declared: readonly ChartDependency[];
    try {
      declared = await this.#declared(chart, listed, names);
    } catch (thrown) {
      return this.#report(
        chart,
        listed.filter(({ name }) => names.has(name)),
        thrown,
      );
    }
    const wanted = declared.filter(({ name }) => names.has(name));
    const distinct = new Map(wanted.map((each) => [JSON.stringify([each.name, each.version, each.repository]), each]));
    for (const dependency of distinct.values()) {
      if (this.#added >= maximumAdded) return this.#report(chart, [dependency], tooMany());
      this.#added += 1;
      try {
        await this.#addOne(chart, tree, dependency);
      } catch (thrown) {
        this.#report(chart, [dependency], thrown, namedLike(dependency, tree));
      }
    }
  }

  /** The dependencies as Helm reads them, with the versions and addresses of the lock file. */
  async #declared(
    chart: CopiedChart,
    listed: readonly ChartDependency[],
    names: ReadonlySet<string>,
  ): Promise<readonly ChartDependency[]> {
    const { helm, context, copy, home } = this.#access;
    checkNames(listed);
    const scratch = await mkdtemp(join(this.#access.scratch, 'scratch-'));
    const { wanted, locked } = await effectiveDependencies(helm, chart.path, scratch, context);
    checkNames(wanted);
    const lock = await readChartLock(chart.path);
    const addressed = wanted.map((dependency, index) => withLockedAddress(dependency, index, lock));
    checkLocked({ wanted: addressed, locked });
    for (const dependency of addressed) {
      // Helm resolves all addresses before it compares the lock file. A missing folder is reported where it is needed.
      await copy.neighbor(dependency, chart).catch((thrown: unknown) => {
        if (!toErrors(thrown).every(({ code }) => code === 'file-not-found')) throw thrown;
      });
    }
    if (lock !== undefined && !addressed.some((each) => names.has(each.name) && aliasOf(each) !== undefined)) {
      const check = { copy: chart.path, lock, home, dependencies: wanted, shown: chart.shown };
      const stale = await staleLock(helm, check, context);
      if (stale !== undefined) throw new HelmCommandError(stale);
    }
    return addressed.map((dependency, index) => {
      const at = (listed[index]?.name === dependency.name ? listed[index] : listed.find(isNamed(dependency.name)))?.at;
      return { ...withLockedVersion(dependency, index, lock), ...(at !== undefined && { at }) };
    });
  }

  async #addOne(chart: CopiedChart, tree: SubchartTree, dependency: ChartDependency): Promise<void> {
    const charts = join(chart.path, 'charts');
    await mkdir(charts, { recursive: true });
    const target = await mkdtemp(join(dirname(chart.path), '.fetched-'));
    const neighbor = await this.#access.copy.neighbor(dependency, chart);
    if (neighbor !== undefined) {
      if (this.#active.has(neighbor.path)) throw circular(dependency, chart);
      await this.build(neighbor);
    }
    const fetched = await fetchDependency({ ...this.#access, target, chart, neighbor }, dependency);
    const wrong = namedLike(dependency, tree);
    for (const { path } of await this.#unused(tree, wrong)) {
      await rm(join(chart.path, path), { recursive: true });
    }
    if (wrong.length > 0) this.findings.push(replacedDependency(chart, dependency, wrong, fetched.version));
    const archive = join(charts, fetched.fileName);
    await rename(fetched.path, archive);
    await tidyUp(target);
    if (neighbor !== undefined) this.#packed.push(toPosixPath(relative(this.#access.copy.root.path, archive)));
  }

  /** Charts of one name that satisfy no dependency of the chart. */
  async #unused(tree: SubchartTree, found: readonly SubchartTree[]): Promise<readonly SubchartTree[]> {
    const unused: SubchartTree[] = [];
    for (const each of found) {
      const own = (tree.metadata?.dependencies ?? []).filter(isNamed(each.metadata?.name ?? ''));
      const fits = await Promise.all(
        own.map(({ version }) => this.#access.matches(each.metadata?.version ?? '', version)),
      );
      if (!fits.includes(true)) unused.push(each);
    }
    return unused;
  }

  #report(
    chart: CopiedChart,
    dependencies: readonly ChartDependency[],
    thrown: unknown,
    inCharts: readonly SubchartTree[] = [],
  ): void {
    rethrowOthers(thrown);
    const refused = thrown instanceof HelmCommandError;
    const shown = refused ? new HelmCommandError(thrown.message.replaceAll(chart.path, chart.shown)) : thrown;
    this.errors.push(dependencyError(chart, dependencies, shown, inCharts));
  }
}

function namedLike({ name }: ChartDependency, { subcharts }: SubchartTree): readonly SubchartTree[] {
  return subcharts.filter(({ metadata }) => metadata?.name === name);
}

function circular({ repository }: ChartDependency, { shown }: CopiedChart): ChartImagesError {
  const reason = `the chart in ${repository} needs ${shown} itself`;
  return unbuildable(reason, 'Remove one of the dependencies that lead in a circle.');
}

function tooMany(): ChartImagesError {
  const reason = `the chart and its dependencies lack more than ${maximumAdded} charts`;
  return unbuildable(reason, 'Run `helm dependency build` in the chart, and commit charts/.');
}

const isNamed = (name: string) => (dependency: ChartDependency) => dependency.name === name;

/** Helm reads a dependency without a repository from `charts/<name>`, so the name must not be a path. */
function checkNames(dependencies: readonly ChartDependency[]): void {
  const wrong = dependencies.find(({ name }) => /[/\\]|^\.*$/.test(name));
  if (wrong !== undefined) throw new HelmCommandError(`"${wrong.name}" is not a chart name`);
}
