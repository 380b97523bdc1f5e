import { join } from 'node:path';
import { redactServerText } from '../../core/http/redact.ts';
import { readArchive } from '../charts/archive.ts';
import type { ChartDependency } from '../charts/chart.ts';
import type { MatchVersion } from '../charts/dependency-faults.ts';
import { readSubchartTree } from '../charts/subchart-tree.ts';
import { isConstraint } from '../charts/version-constraint.ts';
import type { CopiedChart } from './copy-chart.ts';
import { checkAddress, unbuildable } from './dependency-error.ts';
import { downloadChart, downloadError, type WantedChart } from './download-chart.ts';
import { HelmCommandError } from './effective-dependencies.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { archivesIn, packFolders } from './pack-folders.ts';

export interface DependencyFetch {
  readonly helm: Helm;
  readonly matches: MatchVersion;
  readonly context: HelmContext;
  readonly home: string;
  /** Absolute: an empty folder. */
  readonly target: string;
  /** The chart that needs it, which is the base of relative addresses. */
  readonly chart: CopiedChart;
  /** The chart of a `file://` address, with its own dependencies. */
  readonly neighbor: CopiedChart | undefined;
}

export interface FetchedChart {
  /** Absolute. */
  readonly path: string;
  readonly fileName: string;
  readonly version: string;
}

/** Packs or downloads a dependency into `target`. Throws `HelmCommandError`, and the errors that it explains. */
export async function fetchDependency(fetch: DependencyFetch, dependency: ChartDependency): Promise<FetchedChart> {
  const { helm, context, target, neighbor } = fetch;
  checkVersion(dependency);
  if (neighbor !== undefined) await pack(fetch, neighbor, dependency);
  else {
    checkAddress(dependency);
    await download(helm, wantedOf(dependency), join(target, 'fetched.tgz'), context);
  }
  const [file] = await archivesIn(target);
  if (file === undefined) throw new HelmCommandError(`helm packed nothing for "${dependency.name}"`);
  const path = join(target, file);
  // Downloaded archives are as untrusted as other archives, and Helm opens them next.
  await readArchive({ path, name: `${dependency.name}: ${file}`, compression: 'gzip' }, async () => {});
  const { metadata } = await readSubchartTree(path);
  checkName(dependency, metadata?.name);
  const version = metadata?.version ?? '';
  return { path, fileName: `${dependency.name}-${version.replaceAll(/[^\w.+-]/g, '_')}.tgz`, version };
}

async function pack(fetch: DependencyFetch, neighbor: CopiedChart, dependency: ChartDependency): Promise<void> {
  const { name, version, repository } = dependency;
  const { metadata } = await readSubchartTree(neighbor.path);
  if (metadata === undefined) {
    throw unbuildable(
      `the folder of "${name}" (${repository}) has no Chart.yaml`,
      'Correct the address in Chart.yaml.',
    );
  }
  checkName(dependency, metadata.name);
  if (version !== '' && !(await fetch.matches(metadata.version, version))) {
    throw unbuildable(
      `the chart in ${repository} has the version ${metadata.version}`,
      'Correct the version of the dependency, or that of the chart, and run `helm dependency update`.',
    );
  }
  const packing = { dependencies: [dependency], copy: fetch.chart.path, target: fetch.target, home: fetch.home };
  const problem = await packFolders(fetch.helm, packing, fetch.context);
  if (problem !== undefined) throw new HelmCommandError(problem.replaceAll(fetch.chart.path, fetch.chart.shown));
}

/** A repository that is down would hide it, and the run would be tried again in vain. */
function checkVersion({ version }: ChartDependency): void {
  if (version === '' || isConstraint(version)) return;
  throw unbuildable(
    `"${redactServerText(version)}" is not a version or a constraint such as ^1.2`,
    'Correct the version of the dependency.',
  );
}

/** Helm would not find it under the name of the dependency. */
function checkName({ name }: ChartDependency, found: string | undefined): void {
  if (found === name) return;
  throw unbuildable(
    `the chart there is named "${redactServerText(found ?? '')}", not "${name}"`,
    `Set the name of the dependency to that of the chart, with \`alias: ${name}\` to keep its key in the values.`,
  );
}

async function download(helm: Helm, wanted: WantedChart, path: string, context: HelmContext): Promise<void> {
  try {
    await downloadChart(helm, wanted, path, context);
  } catch (thrown) {
    const host = wanted.kind === 'oci' ? wanted.chart.host : wanted.repository.host;
    throw downloadError(host, thrown);
  }
}

/** Throws `HelmCommandError` for a kind of address that Helm does not support. */
function wantedOf({ name, version, repository }: ChartDependency): WantedChart {
  if (!/^(?:oci|https?):\/\//i.test(repository) || !URL.canParse(repository)) {
    throw new HelmCommandError(`"${redactServerText(repository)}" is not a repository URL`);
  }
  const url = new URL(repository);
  if (url.protocol !== 'oci:') return { kind: 'repository', repository: url, name, version };
  const path = url.pathname.replaceAll(/^\/+|\/+$/g, '');
  return { kind: 'oci', chart: { host: url.host, repository: path === '' ? name : `${path}/${name}` }, version };
}
