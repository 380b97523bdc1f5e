import { ChartImagesError, type ErrorCode, toErrors } from '../../core/errors.ts';
import { redactSecrets } from '../../core/http/redact.ts';
import { joinWithLimit, trimEndOf } from '../../core/text.ts';
import type { ChartDependency } from '../charts/chart.ts';
import type { DependencyFault } from '../charts/dependency-faults.ts';
import type { SubchartTree } from '../charts/subchart-tree.ts';
import { aliasOf } from './chart-lock.ts';
import { dependencyLocation, type ShownChart } from './dependency-location.ts';
import { entriesOf } from './dependency-mismatch.ts';
import { HelmCommandError } from './effective-dependencies.ts';

/** A reason why a dependency cannot be added, with the advice for it, that `dependencyError` puts into its sentence. */
export function unbuildable(reason: string, advice: string): ChartImagesError {
  return new ChartImagesError('dependency-missing', reason, { advice });
}

/** Errors whose messages do not identify the dependency. */
const reasonOnlyCodes: ReadonlySet<ErrorCode> = new Set([
  'chart-pull',
  'chart-not-found',
  'dependency-missing',
  'file-not-found',
]);

const commit = 'run `helm dependency build` where the repository is reachable, and commit charts/.';

/** Throws `cancelled` and `internal` again, which are not about the dependency. */
export function rethrowOthers(thrown: unknown): void {
  if (thrown instanceof HelmCommandError) return;
  if (toErrors(thrown).some(({ code }) => code === 'cancelled' || code === 'internal')) throw thrown;
}

/**
 * Names the chart, the dependency, and what `charts/` has in its place, at the line that lists it. Returns other errors
 * unchanged.
 */
export function dependencyError(
  chart: ShownChart,
  dependencies: readonly ChartDependency[],
  thrown: unknown,
  inCharts: readonly SubchartTree[] = [],
): ChartImagesError {
  const [error] = toErrors(thrown);
  const refused = thrown instanceof HelmCommandError;
  if (error !== undefined && !refused && !reasonOnlyCodes.has(error.code)) return error;
  const names = dependencies.map(
    ({ name, version, repository }) => `${name} ${version} from ${redactSecrets(repository) || 'charts/'}`,
  );
  const others = inCharts.length === 0 ? '' : `; charts/ has ${entriesOf(inCharts)}`;
  const reason = refused ? thrown.message : (error?.message ?? String(thrown));
  return new ChartImagesError(
    error?.code === 'chart-pull' ? 'chart-pull' : 'dependency-missing',
    `Cannot fetch the dependencies of ${chart.shown} (${names.join(', ')}${others}): ${trimEndOf(reason.trimEnd(), '.')}.`,
    {
      advice: adviceOf(reason, refused ? undefined : error),
      location: dependencyLocation(chart, dependencies[0]),
      cause: thrown,
    },
  );
}

function adviceOf(reason: string, error: ChartImagesError | undefined): string {
  if (reason.includes('out of sync')) return 'Run `helm dependency update` in the chart, and commit Chart.lock.';
  if (error === undefined) return `R${commit.slice(1)}`;
  return error.code === 'chart-pull' ? `${error.advice} Or ${commit}` : error.advice;
}

/** Before anything is fetched: a dependency that no address leads to. */
export function checkAddress(dependency: ChartDependency): void {
  const { name, repository } = dependency;
  if (repository === '') {
    throw unbuildable(
      `"${name}" has no repository, so it must be in charts/`,
      'Add the chart to charts/, or a repository to the dependency, and run `helm dependency build`.',
    );
  }
  const alias = aliasOf(dependency);
  if (alias === undefined) return;
  throw unbuildable(
    `"${repository}" is an alias that only the author's own helm configuration defines, and no Chart.lock has its URL`,
    `Run \`helm repo add ${alias} URL\` and \`helm dependency build\` in an earlier step, or commit the Chart.lock of \`helm dependency update\`.`,
  );
}

/** For a fault that cannot be built away, or that was not. */
export function faultError(chart: ShownChart, fault: DependencyFault): ChartImagesError {
  const location = dependencyLocation(chart, fault.dependency);
  const { name } = fault;
  if (fault.kind === 'missing') {
    const reason = `"${name}" is not in charts/`;
    return new ChartImagesError('dependency-missing', `Cannot render all of ${chart.shown}: ${reason}.`, {
      advice: 'Run `helm dependency build` in the chart, or remove the dependency.',
      location,
    });
  }
  if (fault.kind === 'overridden') {
    const reason = `Chart.yaml lists "${name}", but helm reads requirements.yaml instead, which does not list it so`;
    return new ChartImagesError('dependency-missing', `Cannot render all of ${chart.shown}: ${reason}.`, {
      advice: 'Move the dependencies of requirements.yaml to Chart.yaml, and delete requirements.yaml.',
      location,
    });
  }
  const found = fault.found.map(({ path, metadata }) => {
    const entry = path.slice(path.lastIndexOf('charts/'));
    return `${entry} (${metadata?.version ?? 'no version'})`;
  });
  const list = joinWithLimit(found, 5);
  if (fault.kind === 'version') {
    const { version } = fault.dependency;
    const wanted = version === '' ? 'the dependency has no version' : `none has a version of "${version}"`;
    return new ChartImagesError(
      'dependency-missing',
      `Cannot render ${chart.shown} with "${name}": ${wanted}, but charts/ has ${list}, so helm would ignore alias and conditions.`,
      { advice: 'Correct the version, or run `helm dependency update` in the chart and commit charts/.', location },
    );
  }
  return new ChartImagesError(
    'dependency-ambiguous',
    `Cannot render ${chart.shown}: charts/ has "${name}" more than once: ${list}. Helm takes one of them by chance.`,
    { advice: 'Remove all but the one that the chart needs from charts/.', location },
  );
}
