import { chartYamlOf } from '../../helm/charts/chart-file.ts';
import type { Problem } from './problems.ts';
import type { Report } from './report.ts';
import type { Row } from './row.ts';

/** A location in the user's repository. */
export interface RepositoryLocation {
  /** A relative reference (RFC 3986, section 4.2) without dot segments, so it is always below the root. */
  readonly uri: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** A problem with its location in the repository. */
export interface LocatedProblem {
  readonly problem: Problem;
  readonly location: RepositoryLocation;
}

/**
 * The file of a problem, else of the chart that uses the image. Undefined if that is not below the working directory,
 * such as for a remote chart.
 */
export function locateInRepository(
  problem: Problem,
  row: Row | undefined,
  charts: Report['charts'],
  repositoryPath: (file: string) => string,
): RepositoryLocation | undefined {
  const uriOf = (path: string) => (absolute.test(path) ? undefined : relativeUri(repositoryPath(path)));
  if (problem.file !== undefined) {
    const uri = uriOf(problem.file);
    if (uri !== undefined) return { uri, line: problem.line, column: problem.column };
  }
  const user = row?.usedBy[0]?.chartPath;
  const chart = charts.find(({ chart: { displayPath } }) => displayPath === user)?.chart;
  if (chart === undefined) return undefined;
  const uri = uriOf(chartYamlOf(chart));
  return uri === undefined ? undefined : { uri, line: undefined, column: undefined };
}

/** Includes `C:\…`; a later colon is part of a file name. */
const absolute = /^(?:[/\\]|[a-z][a-z0-9+.-]*:)/i;

function relativeUri(path: string): string | undefined {
  if (absolute.test(path)) return undefined;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0 || segments.includes('..')) return undefined;
  // `encodeURIComponent` throws for lone surrogates.
  return segments.map((segment) => encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd'))).join('/');
}
