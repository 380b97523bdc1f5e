import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchive } from '../charts/archive.ts';
import type { Chart, ChartDependency } from '../charts/chart.ts';
import { ChartImagesError, type ErrorCode, errorsOf } from '../errors.ts';
import { isMissing } from '../files/read-file.ts';
import { createTemporaryFolder } from '../files/temporary-folder.ts';
import { redactSecrets } from '../http/redact.ts';
import { copyChart } from './copy-chart.ts';
import { readFetchFault } from './fetch-fault.ts';
import type { Helm } from './helm.ts';
import type { HelmAccess } from './helm-access.ts';
import { authorityArguments, fetchIndexes, loginsFor } from './registry-login.ts';
import { helmReason, networkBounds, runHelm } from './run-helm.ts';

export interface BuildAccess extends HelmAccess {
  readonly workFolder: string;
}

/**
 * The names that helm misses, from its own complaint. Helm wants every dependency of Chart.yaml there, also those that a
 * condition or tag switches off.
 */
export function missingDependencies(reason: string): readonly string[] {
  const names = /found in Chart\.yaml, but missing in charts\/ directory: (.+)$/m.exec(reason)?.[1];
  return names === undefined ? [] : names.split(',').map((name) => name.trim());
}

/**
 * Fetches a chart's dependencies into a private copy of it, because helm writes into the chart's folder; gives the
 * copy's absolute path, which lives as long as the run. Chart.lock decides the versions where there is one.
 * Errors: `dependency-missing`, `chart-pull` (no server could be asked), and those of archives for what was fetched.
 */
export async function buildDependencies(
  helm: Helm,
  chart: Chart,
  missing: readonly string[],
  access: BuildAccess,
): Promise<string> {
  const wanted = chart.metadata.dependencies.filter((dependency) => missing.includes(dependency.name));
  access.log.info(`${chart.displayPath} lacks ${missing.join(', ')} in charts/: building its dependencies.`);
  try {
    checkRepositories(wanted);
    const folder = await createTemporaryFolder(access.temporary, 'dependencies');
    const home = join(folder.path, 'home');
    await mkdir(home);
    const copy = await copyChart(chart, join(folder.path, 'tree'), access.workFolder);
    await build(helm, chart, copy, home, access);
    await checkFetched(chart, copy);
    return copy;
  } catch (thrown) {
    throw dependencyError(chart, wanted, thrown);
  }
}

async function build(helm: Helm, chart: Chart, copy: string, home: string, access: BuildAccess): Promise<void> {
  const addresses = [...new Set(chart.metadata.dependencies.map((dependency) => dependency.repository))];
  const hosts = addresses.filter(isOci).map((address) => new URL(address).host);
  // `helm dependency build` knows no repository without an alias, unlike `update` (observed).
  const repositories = addresses.filter(isClassic).map((address, index) => ({ alias: `repository-${index}`, address }));
  const login = await loginsFor(hosts, repositories, access);
  const { logins } = login;
  await fetchIndexes(helm, repositories, logins, home, access);
  const flags = [...login.flags, ...authorityArguments(access)];
  const command = (await isLocked(chart)) ? 'build' : 'update';
  const result = await runHelm(
    helm,
    { arguments: ['dependency', command, ...flags, '--', copy], home, bounds: networkBounds, logins },
    access,
  );
  if (result.exitCode !== 0) throw new HelmRefusal(helmReason(result).replaceAll(copy, chart.displayPath));
}

/** Helm's own words; what they mean is told by `dependencyError`. */
class HelmRefusal extends Error {
  override readonly name = 'HelmRefusal';
}

async function isLocked(chart: Chart): Promise<boolean> {
  const locks = await Promise.all([chart.readFile('Chart.lock'), chart.readFile('requirements.lock')]);
  return locks.some((text) => text !== undefined);
}

/** What came over the network is trusted no more than other archives are, and helm opens it next. */
async function checkFetched(chart: Chart, copy: string): Promise<void> {
  const folder = join(copy, 'charts');
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for (const name of names.filter((each) => each.endsWith('.tgz'))) {
    const source = { path: join(folder, name), name: `${chart.displayPath}: ${name}`, compression: 'gzip' } as const;
    await readArchive(source, async () => {});
  }
}

function checkRepositories(wanted: readonly ChartDependency[]): void {
  for (const { name, repository } of wanted) {
    if (repository === '') throw new HelmRefusal(`"${name}" has no repository, so it has to lie in charts/`);
    if (repository.startsWith('@') || repository.startsWith('alias:')) {
      throw new HelmRefusal(`"${repository}" is a name that only the author's own helm knows`);
    }
  }
}

function isOci(repository: string): boolean {
  return repository.startsWith('oci://') && URL.canParse(repository);
}

function isClassic(repository: string): boolean {
  return /^https?:\/\//.test(repository) && URL.canParse(repository);
}

/** Faults that only the dependency they came up with explains. */
const ofDependency: ReadonlySet<ErrorCode> = new Set(['chart-pull', 'chart-not-found', 'file-not-found']);

function dependencyError(chart: Chart, wanted: readonly ChartDependency[], thrown: unknown): ChartImagesError {
  const [error] = errorsOf(thrown);
  const refused = thrown instanceof HelmRefusal;
  if (error !== undefined && !refused && !ofDependency.has(error.code)) return error;
  const names = wanted.map(
    ({ name, version, repository }) => `${name} ${version} from ${redactSecrets(repository) || 'charts/'}`,
  );
  const reason = refused ? thrown.message : (error?.message ?? String(thrown));
  const message = `${chart.displayPath} needs ${names.join(', ')}, which could not be fetched: ${reason}`;
  const outdated = reason.includes('out of sync');
  const code = readFetchFault(reason) === 'unreachable' ? 'chart-pull' : 'dependency-missing';
  return new ChartImagesError(code, message, {
    advice: outdated
      ? 'Run `helm dependency update` in the chart and commit Chart.lock.'
      : 'Run `helm dependency build` where the repository can be reached and commit charts/, or give its credentials.',
    place: { file: chart.form === 'folder' ? `${chart.displayPath}/Chart.yaml` : chart.displayPath },
    cause: thrown,
  });
}
