import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ChartImagesError, type ErrorCode, toErrors } from '../../core/errors.ts';
import { createTemporaryFolder } from '../../core/files/temporary-folder.ts';
import { redactSecrets, redactServerText } from '../../core/http/redact.ts';
import { readArchive } from '../charts/archive.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import { locked, readChartLock, staleLock } from './chart-lock.ts';
import { copyChart } from './copy-chart.ts';
import { checkLocked, seenDependencies } from './dependencies-as-helm-reads.ts';
import { downloadChart, downloadError, type WantedChart } from './download-chart.ts';
import type { Helm } from './helm.ts';
import { HelmCommandError } from './helm-command-error.ts';
import type { HelmContext } from './helm-context.ts';
import { archivesIn, packFolders } from './pack-folders.ts';

/**
 * The names that helm misses, from its own complaint. Helm wants every dependency of Chart.yaml there, also those that a
 * condition or tag switches off.
 */
export function missingDependencies(reason: string): readonly string[] {
  const names = /found in Chart\.yaml, but missing in charts\/ directory: (.+)$/m.exec(reason)?.[1];
  return names === undefined ? [] : names.split(',').map((name) => name.trim());
}

/**
 * Fetches a chart's missing dependencies into a private copy of it; gives the copy's absolute path, which lives as long as the
 * run. Chart.lock decides the versions where there is one. Helm packs folders and picks versions; what comes over the network
 * comes by `access.downloads`. Errors: `dependency-missing`, `chart-pull` (a server that could not or must not be asked), `path-outside`,
 * and those of archives for what was fetched.
 */
export async function buildDependencies(
  helm: Helm,
  chart: Chart,
  missing: readonly string[],
  access: HelmContext,
): Promise<string> {
  const wanted = chart.metadata.dependencies.filter((dependency) => missing.includes(dependency.name));
  access.log.info(`${chart.displayPath} lacks ${missing.join(', ')} in charts/: building its dependencies.`);
  try {
    checkRepositories(wanted);
    checkNames(chart.metadata.dependencies);
    const folder = await createTemporaryFolder(access.temporary, 'dependencies');
    const [home, scratch] = [join(folder.path, 'home'), join(folder.path, 'scratch')];
    for (const path of [home, scratch]) await mkdir(path);
    const copy = await copyChart(chart, join(folder.path, 'tree'));
    const seen = await seenDependencies(helm, copy.path, scratch, access);
    checkRepositories(seen.wanted.filter((dependency) => missing.includes(dependency.name)));
    checkNames(seen.wanted);
    checkLocked(seen);
    await copy.addNeighbors(seen.wanted);
    await build(helm, { chart, copy: copy.path, home, missing, declared: seen.wanted }, access);
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
  /** As helm reads them, see `seenDependencies`. */
  readonly declared: readonly ChartDependency[];
}

async function build(helm: Helm, { chart, copy, home, missing, declared }: Build, access: HelmContext): Promise<void> {
  const lock = await readChartLock(chart);
  const stale = lock === undefined ? undefined : await staleLock(helm, { chart, copy, lock, home }, access);
  if (stale !== undefined) throw new HelmCommandError(stale);
  const target = join(copy, 'charts');
  await mkdir(target, { recursive: true });
  const wanted = declared
    .map((dependency, index) => locked(dependency, index, lock))
    .filter(({ name }) => missing.includes(name));
  const folders = wanted.filter(({ repository }) => repository.startsWith('file://'));
  const complaint = await packFolders(helm, { dependencies: folders, copy, target, home }, access);
  if (complaint !== undefined) throw new HelmCommandError(complaint.replaceAll(copy, chart.displayPath));
  const remote = new Map(
    wanted.filter((each) => !folders.includes(each)).map((each) => [JSON.stringify(wantedOf(each)), wantedOf(each)]),
  );
  let count = 0;
  for (const each of remote.values()) {
    count += 1;
    // Helm reads all archives of the folder, whatever they are called.
    await download(helm, each, join(target, `fetched-${count}.tgz`), access);
  }
}

async function download(helm: Helm, wanted: WantedChart, path: string, access: HelmContext): Promise<void> {
  try {
    await downloadChart(helm, wanted, path, access);
  } catch (thrown) {
    const host = wanted.kind === 'oci' ? wanted.chart.host : wanted.repository.host;
    throw downloadError(host, thrown);
  }
}

/** Errors: HelmCommandError for an address of a kind that helm does not know either. */
function wantedOf({ name, version, repository }: ChartDependency): WantedChart {
  if (!/^(?:oci|https?):\/\//i.test(repository) || !URL.canParse(repository)) {
    throw new HelmCommandError(`"${redactServerText(repository)}" is not the address of a repository`);
  }
  const url = new URL(repository);
  if (url.protocol !== 'oci:') return { kind: 'repository', repository: url, name, version };
  const path = url.pathname.replaceAll(/^\/+|\/+$/g, '');
  return { kind: 'oci', chart: { host: url.host, repository: path === '' ? name : `${path}/${name}` }, version };
}

/** What came over the network is trusted no more than other archives are, and helm opens it next. */
async function checkFetched(chart: Chart, copy: string): Promise<void> {
  const folder = join(copy, 'charts');
  for (const name of await archivesIn(folder)) {
    const source = { path: join(folder, name), name: `${chart.displayPath}: ${name}`, compression: 'gzip' } as const;
    await readArchive(source, async () => {});
  }
}

function checkRepositories(wanted: readonly ChartDependency[]): void {
  for (const { name, repository } of wanted) {
    if (repository === '') throw new HelmCommandError(`"${name}" has no repository, so it has to lie in charts/`);
    if (repository.startsWith('@') || repository.startsWith('alias:')) {
      throw new HelmCommandError(`"${repository}" is a name that only the author's own helm knows`);
    }
  }
}

/** Helm looks for a dependency without an address at `charts/<name>`. */
function checkNames(dependencies: readonly ChartDependency[]): void {
  const wrong = dependencies.find(({ name }) => /[/\\]|^\.*$/.test(name));
  if (wrong !== undefined) throw new HelmCommandError(`"${wrong.name}" is not the name of a chart`);
}

/** Faults that only the dependency they came up with explains. */
const dependencyOnlyCodes: ReadonlySet<ErrorCode> = new Set(['chart-pull', 'chart-not-found', 'file-not-found']);

function dependencyError(chart: Chart, wanted: readonly ChartDependency[], thrown: unknown): ChartImagesError {
  const [error] = toErrors(thrown);
  const refused = thrown instanceof HelmCommandError;
  if (error !== undefined && !refused && !dependencyOnlyCodes.has(error.code)) return error;
  const names = wanted.map(
    ({ name, version, repository }) => `${name} ${version} from ${redactSecrets(repository) || 'charts/'}`,
  );
  const reason = refused ? thrown.message : (error?.message ?? String(thrown));
  const message = `${chart.displayPath} needs ${names.join(', ')}, which could not be fetched: ${reason}`;
  const outdated = reason.includes('out of sync');
  const commit = 'run `helm dependency build` where the repository can be reached and commit charts/.';
  return new ChartImagesError(error?.code === 'chart-pull' ? 'chart-pull' : 'dependency-missing', message, {
    advice: outdated
      ? 'Run `helm dependency update` in the chart and commit Chart.lock.'
      : refused || error === undefined
        ? `R${commit.slice(1)}`
        : `${error.advice} Or ${commit}`,
    place: { file: chart.kind === 'folder' ? `${chart.displayPath}/Chart.yaml` : chart.displayPath },
    cause: thrown,
  });
}
