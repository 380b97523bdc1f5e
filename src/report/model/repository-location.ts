import type { Problem } from './problems.ts';
import type { Report } from './report.ts';
import type { Row } from './rows.ts';

/** A place in the user's repository, for readers that show it there. */
export interface RepositoryLocation {
  /** A relative reference (RFC 3986, section 4.2) without dot segments: it can only mean a file below the root. */
  readonly uri: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** A problem with its place in the repository. */
export interface LocatedProblem {
  readonly problem: Problem;
  readonly place: RepositoryLocation;
}

/**
 * Where to show a problem: its own file, else the chart that uses the image. Undefined where that is no file below the
 * folder of the run: a remote chart, a path that leads out of it.
 */
export function repositoryPlace(
  problem: Problem,
  row: Row | undefined,
  charts: Report['charts'],
): RepositoryLocation | undefined {
  if (problem.file !== undefined) {
    const uri = relativeUri(problem.file);
    if (uri !== undefined) return { uri, line: problem.line, column: problem.column };
  }
  const user = row?.usedBy[0]?.chartPath;
  const chart = charts.find(({ chart: { displayPath } }) => displayPath === user)?.chart;
  if (chart === undefined) return undefined;
  const uri = relativeUri(chart.kind === 'folder' ? `${chart.displayPath}/Chart.yaml` : chart.displayPath);
  return uri === undefined ? undefined : { uri, line: undefined, column: undefined };
}

/** `C:\…` too; a colon further back is only a letter of a file's name. */
const absolute = /^(?:[/\\]|[a-z][a-z0-9+.-]*:)/i;

function relativeUri(path: string): string | undefined {
  if (absolute.test(path)) return undefined;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0 || segments.includes('..')) return undefined;
  // A lone surrogate has no UTF-8 and is what `encodeURIComponent` throws at.
  return segments.map((segment) => encodeURIComponent(segment.replace(/\p{Cs}/gu, '\ufffd'))).join('/');
}
