import { ChartImagesError, cancelledError, type ErrorCode } from '../errors.ts';
import { redactServerText } from './redact.ts';
import { isWorthRetrying } from './retry-policy.ts';

/** A request without a response, or with an incomplete one. */
export interface NetworkFailure {
  readonly error: ChartImagesError;
  /** `retry`: another attempt may succeed. */
  readonly remedy: 'retry' | 'none';
}

interface Classification {
  readonly code: ErrorCode;
  /** Completes "Cannot access <host>: …". */
  readonly reason: string;
  readonly advice: string;
  readonly remedy: NetworkFailure['remedy'];
}

const checkAddress = 'Check the name, the port and the proxy settings (HTTPS_PROXY, NO_PROXY).';
const checkSpeed = 'Try again later. If the problem persists, check the speed of the network.';

/** Codes of undici, Node and OpenSSL that don't mean an unreachable host. */
const classifications: Readonly<Record<string, Classification>> = {
  UND_ERR_CONNECT_TIMEOUT: {
    code: 'timeout',
    reason: 'the connection timed out',
    advice: checkAddress,
    remedy: 'retry',
  },
  ETIMEDOUT: { code: 'timeout', reason: 'the connection timed out', advice: checkAddress, remedy: 'retry' },
  UND_ERR_HEADERS_TIMEOUT: { code: 'timeout', reason: 'the response timed out', advice: checkSpeed, remedy: 'retry' },
  UND_ERR_BODY_TIMEOUT: { code: 'timeout', reason: 'the response body timed out', advice: checkSpeed, remedy: 'retry' },
  ENOTFOUND: {
    code: 'network',
    reason: 'the host name is unknown',
    advice: 'Check the spelling of the host.',
    remedy: 'none',
  },
  // The blob of the source is shorter or longer than the size in its manifest, which is sent as Content-Length.
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    code: 'digest-mismatch',
    reason: 'the content of the source does not have the size in its manifest',
    advice: 'Push the image to the source again, where it is broken.',
    remedy: 'none',
  },
  HTTPParserError: {
    code: 'registry-answer',
    reason: 'the response is not HTTP',
    advice: 'Check the port.',
    remedy: 'none',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'tls',
    reason: 'its certificate is for a different name',
    advice: 'Use the name in the certificate.',
    remedy: 'none',
  },
};

const untrusted: Classification = {
  code: 'tls',
  reason: 'its certificate is not trusted',
  advice: 'Set ca-file to the certificate authority that issued the certificate.',
  remedy: 'none',
};

const handshakeFailed: Classification = {
  code: 'tls',
  reason: 'the TLS handshake failed',
  advice: 'Check that the port uses HTTPS. If it uses plain HTTP, add the host to plain-http.',
  remedy: 'none',
};

const unreachable: Classification = {
  code: 'network',
  reason: 'the host is unreachable',
  advice: checkAddress,
  remedy: 'retry',
};

/**
 * Classifies the error of a request or of its body. Returns a ChartImagesError unchanged, such as the error of a source
 * that failed during an upload. Any value without a code is a bug.
 */
export function classifyNetworkError(thrown: unknown, url: URL, signal: AbortSignal): NetworkFailure {
  if (signal.aborted) return { error: cancelledError(thrown), remedy: 'none' };
  if (thrown instanceof ChartImagesError) return { error: thrown, remedy: 'none' };
  const code = codeOf(thrown);
  if (code === undefined) return { error: internal(thrown), remedy: 'none' };
  const {
    reason,
    advice,
    remedy,
    code: errorCode,
  } = refusalOfProxy(thrown) ?? classifications[code] ?? classifyByPrefix(code);
  const message = `Cannot access ${url.host}: ${reason} (${detailOf(thrown, code)}).`;
  return { error: new ChartImagesError(errorCode, message, { advice, cause: thrown }), remedy };
}

const proxyLogin: Classification = {
  code: 'network',
  reason: 'the proxy requires a login',
  advice: 'Set HTTPS_PROXY (and HTTP_PROXY) to http://USER:PASSWORD@HOST:PORT.',
  remedy: 'none',
};

const proxyRefusal: Classification = {
  code: 'network',
  reason: 'the proxy refused the connection',
  advice: 'Ask the operator of the proxy to allow this host, or add the host to NO_PROXY.',
  remedy: 'none',
};

/**
 * A proxy refused the tunnel with a status of the client (400 to 499), so another attempt doesn't help. Undici has the
 * status only in the message.
 */
function refusalOfProxy(thrown: unknown): Classification | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const [, status] = /^Proxy .*\((4\d\d)\)/.exec(thrown.message) ?? [];
  if (status === undefined || isWorthRetrying(Number(status))) return undefined;
  return status === '407' ? proxyLogin : proxyRefusal;
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  // The only error class of undici that may have no code.
  if (thrown.name === 'HTTPParserError') return thrown.name;
  if (!('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** OpenSSL's verification results, as Node names them (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const certificateCode =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_)/;

/** OpenSSL's codes for a response that is not TLS. All other errors are possible with a TLS server. */
const plainResponseCodes = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

/** Whether a request failed because the port uses plain HTTP. */
export function isPlainHttpResponse(error: unknown): boolean {
  const code = error instanceof ChartImagesError ? codeOf(error.cause) : undefined;
  return code !== undefined && plainResponseCodes.has(code);
}

function classifyByPrefix(code: string): Classification {
  if (certificateCode.test(code)) return untrusted;
  return code.startsWith('ERR_SSL_') || code === 'EPROTO' ? handshakeFailed : unreachable;
}

function internal(thrown: unknown): ChartImagesError {
  return new ChartImagesError('internal', `Cannot send a request: ${String(thrown)}.`, {
    advice: 'Report this bug in chart-images with the log of a run in debug mode.',
    cause: thrown,
  });
}

/** A host with several addresses fails with one error for each. The first is sufficient. */
function detailOf(thrown: unknown, code: string): string {
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const text = first instanceof Error ? redactServerText(first.message) : '';
  return text === '' ? code : text;
}
