/**
 * The closed list of error codes. `exit` is the terminal's exit code and the class of the fault:
 * 2 = the input is wrong and its author can fix it, 3 = something could not be known or done, 130 = interrupted.
 */
export const errorCodes = {
  'unknown-input': { exit: 2, meaning: 'An input, flag or key that does not exist.' },
  'invalid-input': { exit: 2, meaning: 'An input whose value is not of the documented form.' },
  'missing-input': { exit: 2, meaning: 'Something needed for the run was not given.' },
  'file-not-found': { exit: 2, meaning: 'A named file or folder does not exist.' },
  'file-unreadable': { exit: 2, meaning: 'A named file exists and cannot be read.' },
  'path-outside': {
    exit: 2,
    meaning:
      'A path in a file, or a link in the repository, leads out of the repository or to a file that may hold secrets.',
  },
  'file-too-large': { exit: 2, meaning: 'A file is larger than the bound for its kind.' },
  syntax: { exit: 2, meaning: 'A file is not valid JSONC or YAML.' },
  schema: { exit: 2, meaning: 'A file is well formed and does not have the documented shape.' },
  'chart-not-found': { exit: 2, meaning: 'A named chart does not exist.' },
  'chart-invalid': { exit: 2, meaning: 'The folder or archive is not a Helm chart.' },
  'archive-unsafe': { exit: 2, meaning: 'A chart archive has entries that leave its folder, links, or special files.' },
  'archive-too-large': {
    exit: 2,
    meaning: 'A chart archive unpacks to more than the bound, or a chart folder that has to be copied is larger.',
  },
  'dependency-missing': {
    exit: 2,
    meaning: 'A chart needs a subchart that is neither in charts/ nor where its Chart.yaml says.',
  },
  'chart-render': { exit: 2, meaning: 'Helm could not render the chart: a template, its values or its schema.' },
  'chart-pull': {
    exit: 3,
    meaning: 'The registry or repository of a chart, or of one it depends on, could not be asked.',
  },
  'helm-missing': { exit: 3, meaning: 'No helm release could be found or fetched.' },
  'helm-version': { exit: 2, meaning: 'The wanted helm release does not exist or is too old.' },
  'helm-download': { exit: 3, meaning: 'A helm release could not be downloaded.' },
  'helm-checksum': { exit: 3, meaning: 'A downloaded helm release is not the published one.' },
  'process-failed': { exit: 3, meaning: 'A program could not be started or ended abnormally.' },
  'process-timeout': { exit: 3, meaning: 'A program ran longer than its bound.' },
  'process-output': { exit: 3, meaning: 'A program printed more than its bound.' },
  'process-memory': { exit: 3, meaning: 'A program used more memory than its bound.' },
  'not-writable': {
    exit: 3,
    meaning: 'A folder, file or stream that the run writes to does not take it: full, missing or not permitted.',
  },
  network: { exit: 3, meaning: 'A host could not be reached (name, connection, reset).' },
  tls: { exit: 3, meaning: "A host's certificate is not trusted." },
  timeout: { exit: 3, meaning: 'A host did not answer in time.' },
  unauthorized: { exit: 3, meaning: 'A registry refused the credentials, or wants some.' },
  denied: { exit: 3, meaning: 'A registry knows the credentials and does not allow the operation.' },
  throttled: { exit: 3, meaning: 'A registry kept asking to slow down until patience ended.' },
  'registry-answer': {
    exit: 3,
    meaning: 'A registry answered in a way the distribution specification does not allow.',
  },
  'not-found': { exit: 3, meaning: 'A manifest or blob that must exist does not.' },
  'digest-mismatch': { exit: 3, meaning: 'Content does not have the digest it was asked by; nothing was tagged.' },
  'manifest-unsupported': { exit: 3, meaning: 'A manifest of a kind that cannot be copied unchanged (schema 1).' },
  'copy-failed': { exit: 3, meaning: 'An image could not be copied.' },
  'azure-identity': {
    exit: 3,
    meaning: 'Microsoft Entra ID refused the identity of the run, or the run has none where one is needed.',
  },
  'azure-operation': { exit: 3, meaning: 'An operation of Azure failed, was cancelled or did not end.' },
  'artifact-store': {
    exit: 2,
    meaning: 'The artifact store, or the artifact manifest of this version, cannot take the images as it is.',
  },
  cancelled: { exit: 130, meaning: 'The run was interrupted.' },
  internal: { exit: 3, meaning: 'A fault in chart-images itself.' },
} as const satisfies Record<string, { readonly exit: 2 | 3 | 130; readonly meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Where in the user's files something is. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  /** One sentence: what the reader can do next. */
  readonly advice: string;
  readonly place?: SourceLocation | undefined;
  readonly cause?: unknown;
}

/** An error reported to the user: what (message), where (place), why (message, cause) and what to do next (advice). */
export class ChartImagesError extends Error {
  override readonly name = 'ChartImagesError';
  readonly code: ErrorCode;
  readonly advice: string;
  readonly place: SourceLocation | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.advice = details.advice;
    this.place = details.place;
  }
}

/** Several errors found in one step (for example charts that do not render), reported together. Never empty. */
export class ChartImagesAggregateError extends Error {
  override readonly name = 'ChartImagesErrors';
  readonly errors: readonly [ChartImagesError, ...ChartImagesError[]];

  constructor(errors: readonly [ChartImagesError, ...ChartImagesError[]]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}

/** The fault itself, without the operations that it came up in: for places that name the operation anyway. */
export function rootCause(error: ChartImagesError): ChartImagesError {
  return error.cause instanceof ChartImagesError ? rootCause(error.cause) : error;
}

/** Every fault in a thrown value, worst kept whole: anything not ours becomes `internal`. */
export function toErrors(thrown: unknown): readonly ChartImagesError[] {
  if (thrown instanceof ChartImagesError) return [thrown];
  if (thrown instanceof ChartImagesAggregateError) return thrown.errors;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  if (isFullOrReadOnly(thrown)) return [notWritable('a file', thrown)];
  return [
    new ChartImagesError('internal', message, {
      advice: 'This is a fault in chart-images; please report it with the log of a run in debug mode.',
      cause: thrown,
    }),
  ];
}

/** The error for `what` (`the job summary`) that the machine does not let the run write. */
export function notWritable(what: string, cause: unknown): ChartImagesError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ChartImagesError('not-writable', `Cannot write ${what}: ${why}.`, {
    advice: isFull(cause)
      ? 'Free space on the disk of this machine, or use a larger one.'
      : 'Check that the path exists, is of the right kind (file or folder), and that this user may write to it.',
    cause,
  });
}

/** ENOSPC: the disk is full. EDQUOT: the user's share of it is. */
function isFull(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT');
}

/** Faults of the machine, never of the input; EIO and EROFS also come from a disk that breaks while it is used. */
export function isFullOrReadOnly(thrown: unknown): boolean {
  if (isFull(thrown)) return true;
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'EROFS' || thrown.code === 'EIO');
}

/** Throws the faults, if there are any, as one. */
export function throwAll(errors: readonly ChartImagesError[]): void {
  const [first, ...rest] = errors;
  if (first !== undefined) throw rest.length === 0 ? first : new ChartImagesAggregateError([first, ...rest]);
}

/** The one fault that an interrupted run ends with, wherever it was. */
export function cancelledError(cause?: unknown): ChartImagesError {
  return new ChartImagesError('cancelled', 'The run was interrupted.', {
    advice: 'Run it again: nothing is half tagged, and what has arrived in the target is not copied again.',
    cause,
  });
}
