import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartImagesError, type ErrorCode, toErrors } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { redactSecrets, redactServerText } from '../../core/http/redact.ts';
import { readArchive } from '../charts/archive.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import { chartYamlOf } from '../charts/chart-file.ts';
import { readChartLock, staleLock, withLockedVersion } from './chart-lock.ts';
import { copyChart } from './copy-chart.ts';
import { downloadChart, downloadError, type WantedChart } from './download-chart.ts';
import { checkLocked, effectiveDependencies, HelmCommandError } from './effective-dependencies.ts';
import type { Helm } from './helm.ts';
import type { HelmContext } from './helm-context.ts';
import { archivesIn, packFolders } from './pack-folders.ts';

/** Parses Helm's error. Helm requires every dependency of Chart.yaml, even one that a condition or tag disables. */
export function missingDependencies(reason: string): readonly string[] {
  const names = /found in Chart\.yaml, but missing in charts\/ directory: (.+)$/m.exec(reason)?.[1];
  return names === undefined ? [] : names.split(',').map((name) => name.trim());
}

/**
 * Adds the missing dependencies to a copy of the chart, with the versions of Chart.lock if it exists. Returns the
 * absolute path of the copy, which is kept until the end of the run. All downloads use `context.downloads`. Throws
 * `dependency-missing`, `chart-pull` (a server is unreachable or forbidden), `path-outside`, the errors of archives.
 */
export async function buildDependencies(
  helm: Helm,
  chart: Chart,
  missing: readonly string[],
  context: HelmContext,
): Promise<string> {
  const wanted = chart.metadata.dependencies.filter((dependency) => missing.includes(dependency.name));
  context.log.info(`Building the missing dependencies of ${chart.displayPath}: ${missing.join(', ')}.`);
  try {
    checkRepositories(wanted);
    checkNames(chart.metadata.dependencies);
    const folder = await createTemporaryFolder(context.temporary, 'dependencies');
    const [home, scratch] = [join(folder.path, 'home'), join(folder.path, 'scratch')];
    for (const path of [home, scratch]) await mkdir(path);
    const copy = await copyChart(chart, join(folder.path, 'tree'));
    const seen = await effectiveDependencies(helm, copy.path, scratch, context);
    checkRepositories(seen.wanted.filter((dependency) => missing.includes(dependency.name)));
    checkNames(seen.wanted);
    checkLocked(seen);
    await copy.addNeighbors(seen.wanted);
    await build(helm, { chart, copy: copy.path, home, missing, declared: seen.wanted }, context);
    await checkFetched(chart, copy.path);
    return copy.path;
  } catch (thrown) {
    throw dependencyError(chart, wanted, thrown);
  }
}

interface Build {
  readonly chart: Chart;
  readonly copy: string;
  readonly home: string;
  readonly missing: readonly string[];
  /** As Helm reads them, see `effectiveDependencies`. */
  readonly declared: readonly ChartDependency[];
}

async function build(helm: Helm, { chart, copy, home, missing, declared }: Build, context: HelmContext): Promise<void> {
  const lock = await readChartLock(chart);
  const stale = lock === undefined ? undefined : await staleLock(helm, { chart, copy, lock, home }, context);
  if (stale !== undefined) throw new HelmCommandError(stale);
  const target = join(copy, 'charts');
  await mkdir(target, { recursive: true });
  const wanted = declared
    .map((dependency, index) => withLockedVersion(dependency, index, lock))
    .filter(({ name }) => missing.includes(name));
  const folders = wanted.filter(({ repository }) => repository.startsWith('file://'));
  const problem = await packFolders(helm, { dependencies: folders, copy, target, home }, context);
  if (problem !== undefined) throw new HelmCommandError(problem.replaceAll(copy, chart.displayPath));
  const remote = new Map(
    wanted.filter((each) => !folders.includes(each)).map((each) => [JSON.stringify(wantedOf(each)), wantedOf(each)]),
  );
  let count = 0;
  for (const each of remote.values()) {
    count += 1;
    // Helm reads all archives of the folder, regardless of their names.
    await download(helm, each, join(target, `fetched-${count}.tgz`), context);
  }
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

/** Downloaded archives are as untrusted as other archives, and Helm opens them next. */
async function checkFetched(chart: Chart, copy: string): Promise<void> {
  const folder = join(copy, 'charts');
  for (const name of await archivesIn(folder)) {
    const source = { path: join(folder, name), name: `${chart.displayPath}: ${name}`, compression: 'gzip' } as const;
    await readArchive(source, async () => {});
  }
}

function checkRepositories(wanted: readonly ChartDependency[]): void {
  for (const { name, repository } of wanted) {
    if (repository === '') throw new HelmCommandError(`"${name}" has no repository, so it must be in charts/`);
    if (repository.startsWith('@') || repository.startsWith('alias:')) {
      throw new HelmCommandError(`"${repository}" is an alias that only the author's own helm configuration defines`);
    }
  }
}

/** Helm reads a dependency without a repository from `charts/<name>`, so the name must not be a path. */
function checkNames(dependencies: readonly ChartDependency[]): void {
  const wrong = dependencies.find(({ name }) => /[/\\]|^\.*$/.test(name));
  if (wrong !== undefined) throw new HelmCommandError(`"${wrong.name}" is not a chart name`);
}

/** Errors whose messages do not identify the dependency. */
const dependencyOnlyCodes: ReadonlySet<ErrorCode> = new Set(['chart-pull', 'chart-not-found', 'file-not-found']);

function dependencyError(chart: Chart, wanted: readonly ChartDependency[], thrown: unknown): ChartImagesError {
  const [error] = toErrors(thrown);
  const refused = thrown instanceof HelmCommandError;
  if (error !== undefined && !refused && !dependencyOnlyCodes.has(error.code)) return error;
  const names = wanted.map(
    ({ name, version, repository }) => `${name} ${version} from ${redactSecrets(repository) || 'charts/'}`,
  );
  const reason = refused ? thrown.message : (error?.message ?? String(thrown));
  const message = `Cannot fetch the dependencies of ${chart.displayPath} (${names.join(', ')}): ${reason}`;
  const outdated = reason.includes('out of sync');
  const commit = 'run `helm dependency build` where the repository is reachable, and commit charts/.';
  return new ChartImagesError(error?.code === 'chart-pull' ? 'chart-pull' : 'dependency-missing', message, {
    advice: outdated
      ? 'Run `helm dependency update` in the chart, and commit Chart.lock.'
      : refused || error === undefined
        ? `R${commit.slice(1)}`
        : `${error.advice} Or ${commit}`,
    location: { file: chartYamlOf(chart) },
    cause: thrown,
  });
}
