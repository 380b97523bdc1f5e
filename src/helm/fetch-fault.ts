import { ChartImagesError, type ErrorCode } from '../errors.ts';

/**
 * Why helm could not fetch a chart, from its words (helm 3.21 and 4.2, observed): `absent` where a server answered that there is
 * no such chart or version, so that asking again is useless; `unreachable` where a server did not answer, or refused; `other` for
 * what no server said, such as a Chart.lock that is out of date.
 */
export type FetchFault = 'absent' | 'unreachable' | 'other';

const absence = [
  // A registry: `failed to perform "FetchReference" on source: host/path:1.0.0: not found`, and its list of tags.
  /"FetchReference" on source: [^\s"]+: not found$/m,
  /response status code 404: name unknown/,
  // A repository: its index or an archive, and what the index lacks.
  / : 404 Not Found$/m,
  /: no chart (?:name found|version found for .*)$/m,
  / chart not found in repo /,
  /^can't get a valid version for /m,
] as const;

const silence = [
  /^could not download /m,
  /^could not retrieve list of tags /m,
  /or cannot be reached: /,
  /"FetchReference" on source: /,
  /: dial tcp |: lookup |context deadline exceeded|tls: |x509: /,
  / : [45]\d\d [A-Z]|response status code [45]\d\d/,
] as const;

export function readFetchFault(reason: string): FetchFault {
  if (absence.some((words) => words.test(reason))) return 'absent';
  return silence.some((words) => words.test(reason)) ? 'unreachable' : 'other';
}

/** A chart, or the index of its repository, that helm could not fetch. Nothing is told of a server that did not answer. */
export function fetchError(what: string, reason: string, advice: string): ChartImagesError {
  const code: ErrorCode = readFetchFault(reason) === 'absent' ? 'chart-not-found' : 'chart-pull';
  return new ChartImagesError(code, `${what}: ${reason}`, { advice });
}
