/**
 * The closed list of error codes. `exit` is the exit code of the terminal and the class of the error:
 * 2 = the input is wrong and its author can fix it, 3 = a check or an operation failed, 130 = interrupted.
 */
export const errorCodes = {
  'unknown-input': { exit: 2, meaning: 'An input, flag or key that does not exist.' },
  'invalid-input': { exit: 2, meaning: 'The value of an input does not have the documented format.' },
  'missing-input': { exit: 2, meaning: 'A required input is missing.' },
  'file-not-found': { exit: 2, meaning: 'A file or folder that an input names does not exist.' },
  'file-unreadable': { exit: 2, meaning: 'A file that an input names exists and cannot be read.' },
  'path-outside': {
    exit: 2,
    meaning:
      'A path in a file, or a link in the repository, leads out of the repository or to a file that may contain secrets.',
  },
  'file-too-large': { exit: 2, meaning: 'A file exceeds the size limit for its kind.' },
  syntax: { exit: 2, meaning: 'A file is not valid JSONC or YAML.' },
  schema: { exit: 2, meaning: 'A file is valid JSONC or YAML and does not match the documented schema.' },
  'chart-not-found': { exit: 2, meaning: 'A chart that an input names does not exist.' },
  'chart-invalid': { exit: 2, meaning: 'The folder or archive is not a Helm chart.' },
  'archive-unsafe': {
    exit: 2,
    meaning: 'A chart archive contains links, special files, or entries outside of its folder.',
  },
  'archive-too-large': {
    exit: 2,
    meaning: 'An unpacked chart archive, or a chart folder that must be copied, exceeds the size limit.',
  },
  'dependency-missing': {
    exit: 2,
    meaning: 'A chart needs a subchart that is neither in charts/ nor at the location in its Chart.yaml.',
  },
  'dependency-ambiguous': {
    exit: 2,
    meaning: 'The charts/ of a chart has a dependency more than once, and helm would take one by chance.',
  },
  'chart-render': { exit: 2, meaning: 'Helm could not render the chart: a template, its values or its schema.' },
  'chart-pull': {
    exit: 3,
    meaning: 'A chart or one of its dependencies could not be pulled from its registry or repository.',
  },
  'helm-missing': { exit: 3, meaning: 'No helm release could be found or downloaded.' },
  'helm-version': { exit: 2, meaning: 'The requested helm release does not exist or is too old.' },
  'helm-download': { exit: 3, meaning: 'A helm release could not be downloaded.' },
  'helm-checksum': { exit: 3, meaning: 'The checksum of a downloaded helm release differs from the published one.' },
  'not-the-change': {
    exit: 2,
    meaning: 'The run is for a pull request, and the checkout contains neither its last commit nor a merge of it.',
  },
  'process-failed': { exit: 3, meaning: 'A program could not be started or ended abnormally.' },
  'process-timeout': { exit: 3, meaning: 'A program exceeded its time limit.' },
  'process-output': { exit: 3, meaning: 'A program exceeded its output limit.' },
  'process-memory': { exit: 3, meaning: 'A program exceeded its memory limit.' },
  'not-writable': {
    exit: 3,
    meaning: 'A folder, file or stream cannot be written: it is full or missing, or the permission is missing.',
  },
  network: { exit: 3, meaning: 'A host could not be reached (name, connection, reset).' },
  tls: { exit: 3, meaning: 'The certificate of a host is not trusted.' },
  timeout: { exit: 3, meaning: 'A host did not respond in time.' },
  unauthorized: { exit: 3, meaning: 'A registry rejected the credentials, or requires some.' },
  denied: { exit: 3, meaning: 'A registry accepted the credentials and does not allow the operation.' },
  throttled: { exit: 3, meaning: 'A registry limited the request rate until the retries were used up.' },
  'registry-answer': {
    exit: 3,
    meaning: 'A registry sent a response that the OCI distribution specification does not allow.',
  },
  'not-found': { exit: 3, meaning: 'A manifest or blob that must exist does not.' },
  'digest-mismatch': { exit: 3, meaning: 'Content does not match the requested digest. Nothing was tagged.' },
  'manifest-unsupported': { exit: 3, meaning: 'A manifest of this kind (schema 1) cannot be copied unchanged.' },
  'copy-failed': { exit: 3, meaning: 'An image could not be copied.' },
  'azure-identity': {
    exit: 3,
    meaning: 'Microsoft Entra ID rejected the identity of the run, or the run has no identity where one is required.',
  },
  'azure-operation': { exit: 3, meaning: 'An Azure operation failed, was canceled or did not finish.' },
  'artifact-store': {
    exit: 2,
    meaning: 'The artifact store, or the artifact manifest of this version, cannot receive the images.',
  },
  cancelled: { exit: 130, meaning: 'The run was interrupted.' },
  internal: { exit: 3, meaning: 'A bug in chart-images.' },
} as const satisfies Record<string, { readonly exit: 2 | 3 | 130; readonly meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** A position in a file of the user. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  /** One imperative sentence: the next step for the reader. */
  readonly advice: string;
  readonly location?: SourceLocation | undefined;
  readonly cause?: unknown;
}

/** An error that is reported to the user, with its code, its position in a file of the user and an advice. */
export class ChartImagesError extends Error {
  override readonly name = 'ChartImagesError';
  readonly code: ErrorCode;
  readonly advice: string;
  readonly location: SourceLocation | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.advice = details.advice;
    this.location = details.location;
  }
}

/** Several errors found in one step (for example charts that do not render), reported together. Never empty. */
export class ChartImagesAggregateError extends Error {
  override readonly name = 'ChartImagesAggregateError';
  readonly errors: readonly [ChartImagesError, ...ChartImagesError[]];

  constructor(errors: readonly [ChartImagesError, ...ChartImagesError[]]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}

/** The innermost error, without the operations that wrap it: for output that names the operation itself. */
export function rootCause(error: ChartImagesError): ChartImagesError {
  return error.cause instanceof ChartImagesError ? rootCause(error.cause) : error;
}

/** The errors in a thrown value. A value of another type becomes one error: `not-writable` or `internal`. */
export function toErrors(thrown: unknown): ChartImagesAggregateError['errors'] {
  if (thrown instanceof ChartImagesError) return [thrown];
  if (thrown instanceof ChartImagesAggregateError) return thrown.errors;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  if (isFullOrReadOnly(thrown)) return [notWritable('a file', thrown)];
  return [
    new ChartImagesError('internal', message, {
      advice: 'Report this bug in chart-images with the log of a run in debug mode.',
      cause: thrown,
    }),
  ];
}

/** The errors of a step that a run can do without. Throws again what ends the run: an interruption, or a bug. */
export function passingErrors(thrown: unknown): ChartImagesAggregateError['errors'] {
  const errors = toErrors(thrown);
  if (errors.some(({ code }) => code === 'cancelled' || code === 'internal')) throw thrown;
  return errors;
}

/** `object` completes "Cannot write …": `the job summary`. */
export function notWritable(object: string, cause: unknown): ChartImagesError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ChartImagesError('not-writable', `Cannot write ${object}: ${reason}.`, {
    advice: isFull(cause)
      ? 'Free space on the disk of this machine, or use a larger one.'
      : 'Check that the path exists, is of the right kind (file or folder), and is writable for this user.',
    cause,
  });
}

/** ENOSPC: the disk is full. EDQUOT: the quota of the user is used up. */
function isFull(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT');
}

/** Whether the machine is at fault and not the input. A disk that breaks during the run causes EIO or EROFS. */
export function isFullOrReadOnly(thrown: unknown): boolean {
  if (isFull(thrown)) return true;
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'EROFS' || thrown.code === 'EIO');
}

/** Throws a single error as it is, and several as ChartImagesAggregateError. */
export function throwAll(errors: readonly ChartImagesError[]): void {
  const [first, ...rest] = errors;
  if (first !== undefined) throw rest.length === 0 ? first : new ChartImagesAggregateError([first, ...rest]);
}

/** The error that every interrupted run ends with. */
export function cancelledError(cause?: unknown): ChartImagesError {
  return new ChartImagesError('cancelled', 'The run was interrupted.', {
    advice: 'Run it again. No incomplete image was tagged, and uploaded layers are reused.',
    cause,
  });
}
