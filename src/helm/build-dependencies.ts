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
import { HelmRefusal } from './helm-refusal.ts';
import { authorityArguments, fetchIndexes, loginsFor } from './registry-login.ts';
import { helmReason, networkBounds, runHelm } from './run-helm.ts';
import { checkLocked, seenDependencies } from './seen-dependencies.ts';

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
 * Errors: `dependency-missing`, `chart-pull` (no server could be asked), `path-outside`, and those of archives for what was fetched.
 */
export async function buildDependencies(
  helm: Helm,
  chart: Chart,
  missing: readonly string[],
  access: HelmAccess,
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
    const addresses = [...new Set(seen.wanted.map((dependency) => dependency.repository))];
    await build(helm, chart, { ...seen, copy: copy.path, addresses }, home, access);
    await checkFetched(chart, copy.path);
    return copy.path;
  } catch (thrown) {
    throw dependencyError(chart, wanted, thrown);
  }
}

interface ToBuild {
  /** Absolute: the chart's copy. */
  readonly copy: string;
  readonly addresses: readonly string[];
  readonly locked: readonly ChartDependency[] | undefined;
}

async function build(helm: Helm, chart: Chart, { copy, addresses, locked }: ToBuild, home: string, access: HelmAccess) {
  const hosts = addresses.filter(isOci).map((address) => new URL(address).host);
  // `helm dependency build` knows no repository without an alias, unlike `update` (observed).
  const repositories = addresses.filter(isClassic).map((address, index) => ({ alias: `repository-${index}`, address }));
  const login = await loginsFor(hosts, repositories, access);
  const { logins } = login;
  await fetchIndexes(helm, repositories, logins, home, access);
  const flags = [...login.flags, ...authorityArguments(access)];
  const command = locked === undefined ? 'update' : 'build';
  const result = await runHelm(
    helm,
    { arguments: ['dependency', command, ...flags, '--', copy], home, bounds: networkBounds, logins },
    access,
  );
  if (result.exitCode !== 0) throw new HelmRefusal(helmReason(result).replaceAll(copy, chart.displayPath));
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

/** Helm looks for a dependency without an address at `charts/<name>`. */
function checkNames(dependencies: readonly ChartDependency[]): void {
  const wrong = dependencies.find(({ name }) => /[/\\]|^\.*$/.test(name));
  if (wrong !== undefined) throw new HelmRefusal(`"${wrong.name}" is not the name of a chart`);
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
