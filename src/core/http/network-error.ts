import { ChartImagesError, cancelledError, type ErrorCode } from '../errors.ts';
import { redactServerText } from './redact.ts';

/** A request that got no answer, or only a part of one. */
export interface NetworkFailure {
  readonly error: ChartImagesError;
  /** Trying again may help. */
  readonly remedy: 'retry' | 'none';
}

interface Classification {
  readonly code: ErrorCode;
  /** After the host's name. */
  readonly what: string;
  readonly advice: string;
  readonly remedy: NetworkFailure['remedy'];
}

const reach = 'Check the name and the port, and whether a proxy (HTTPS_PROXY, NO_PROXY) stands between.';
const slow = 'Try again later, or look for what slows the network down.';

/** Undici's, Node's and OpenSSL's codes that mean something else than "could not be reached". */
const verdicts: Readonly<Record<string, Classification>> = {
  UND_ERR_CONNECT_TIMEOUT: { code: 'timeout', what: 'gave no connection in time', advice: reach, remedy: 'retry' },
  ETIMEDOUT: { code: 'timeout', what: 'gave no connection in time', advice: reach, remedy: 'retry' },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', what: 'gave no answer in time', advice: slow, remedy: 'retry' },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', what: 'stopped its answer midway', advice: slow, remedy: 'retry' },
  ENOTFOUND: {
    code: 'network',
    what: 'is no known name',
    advice: 'Check the spelling of the host.',
    remedy: 'none',
  },
  // Sent less or more than Content-Length promised: what the source delivers is not what its manifest says.
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    code: 'digest-mismatch',
    what: 'was sent content of another size than its manifest says',
    advice: 'The source holds a broken image; push it there again.',
    remedy: 'none',
  },
  HTTPParserError: {
    code: 'registry-answer',
    what: 'answers in something else than HTTP',
    advice: 'Check the port.',
    remedy: 'none',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'tls',
    what: 'has a certificate for another name',
    advice: 'Use the name that the certificate is for.',
    remedy: 'none',
  },
};

const untrusted: Classification = {
  code: 'tls',
  what: 'has a certificate that is not trusted',
  advice: 'Name the certificate authority that issued it in ca-file.',
  remedy: 'none',
};

const noHandshake: Classification = {
  code: 'tls',
  what: 'does not agree on an encrypted connection',
  advice: 'Check that the port speaks HTTPS; if it speaks plain HTTP, name the host in plain-http.',
  remedy: 'none',
};

const unreachable: Classification = {
  code: 'network',
  what: 'could not be reached',
  advice: reach,
  remedy: 'retry',
};

/**
 * What a thrown value of a request or of its body means. Our own errors pass unchanged (a source's stream that failed
 * while it was sent); anything that is no network error is our own fault.
 */
export function classifyNetworkError(thrown: unknown, url: URL, signal: AbortSignal): NetworkFailure {
  if (signal.aborted) return { error: cancelledError(thrown), remedy: 'none' };
  if (thrown instanceof ChartImagesError) return { error: thrown, remedy: 'none' };
  const code = codeOf(thrown);
  if (code === undefined) return { error: internal(thrown), remedy: 'none' };
  const verdict = verdicts[code] ?? verdictOfKind(code);
  const message = `${url.host} ${verdict.what} (${reasonOf(thrown, code)}).`;
  return {
    error: new ChartImagesError(verdict.code, message, { advice: verdict.advice, cause: thrown }),
    remedy: verdict.remedy,
  };
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  // Undici's only error whose code is missing for some faults.
  if (thrown.name === 'HTTPParserError') return thrown.name;
  if (!('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** OpenSSL's verification results, as Node names them (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const certificateCode =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_)/;

/** OpenSSL's words for an answer that is no TLS. Any other failure may come from a server that does speak it. */
const plainResponseCodes = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

/** Whether a request failed because the port speaks plain HTTP. */
export function isPlainHttpResponse(error: unknown): boolean {
  const code = error instanceof ChartImagesError ? codeOf(error.cause) : undefined;
  return code !== undefined && plainResponseCodes.has(code);
}

function verdictOfKind(code: string): Classification {
  if (certificateCode.test(code)) return untrusted;
  return code.startsWith('ERR_SSL_') || code === 'EPROTO' ? noHandshake : unreachable;
}

function internal(thrown: unknown): ChartImagesError {
  return new ChartImagesError('internal', `A request failed in an unknown way: ${String(thrown)}.`, {
    advice: 'This is a fault in chart-images; please report it with the log of a run in debug mode.',
    cause: thrown,
  });
}

/** A host with several addresses fails with one error for each; the first says enough. */
function reasonOf(thrown: unknown, code: string): string {
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const text = first instanceof Error ? redactServerText(first.message) : '';
  return text === '' ? code : text;
}
