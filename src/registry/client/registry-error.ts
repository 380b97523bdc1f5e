import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { clockSkewAdvice } from '../../core/http/clock-skew.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { BufferedResponse, HttpResponse } from '../../core/http/response.ts';
import { retryAfter } from '../../core/http/retry-policy.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';
import { cloudOfRegistry } from '../credentials/azure-cloud.ts';
import { formatWindow, pullBudgetIn } from './pull-budget.ts';

/** One entry of a registry's `errors` (OCI distribution-spec, "Error Codes"). */
export interface ServerError {
  readonly code: string;
  readonly message: string;
}

const text = v.optional(v.fallback(v.string(), ''), '');

const errorShape = v.object({ code: text, message: text });

const specifiedShape = v.object({ errors: v.array(v.fallback(errorShape, { code: '', message: '' })) });

/**
 * Docker Hub's `details`, OAuth2's `error` and `error_description` (RFC 6749, 5.2), and `message` of proxies and
 * clouds.
 */
const otherShape = v.object({ error: text, error_description: text, details: text, message: text });

/** The errors in a response body. Empty if it is not JSON, such as an HTML page of a proxy. */
export function serverErrors(body: Buffer): readonly ServerError[] {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return [];
  }
  const specified = v.safeParse(specifiedShape, json);
  if (specified.success) return specified.output.errors;
  const other = v.safeParse(otherShape, json);
  if (!other.success) return [];
  const { error, error_description, details, message } = other.output;
  return [{ code: error, message: error_description || details || message }];
}

/** Adds the identity of the request to a response, unless the server did not get its credential. */
export function withIdentity<A extends HttpResponse>(response: A, identity: string | undefined): A {
  return identity === undefined || response.credential === 'dropped' ? response : { ...response, identity };
}

/** A response that is not a success. */
export class ResponseError extends ChartImagesError {
  readonly status: number;
  /** Milliseconds. */
  readonly retryAfter: number | undefined;
  /** Error codes in the body, in upper case. */
  readonly serverCodes: readonly string[];

  constructor(
    { code, message, advice }: Pick<ChartImagesError, 'code' | 'message' | 'advice'>,
    response: BufferedResponse,
  ) {
    super(code, message, { advice });
    this.serverCodes = serverErrors(response.bytes).map((error) => error.code.toUpperCase());
    this.status = response.status;
    this.retryAfter = retryAfter(response, Date.now());
  }
}

/** The error for a response that is not a success. `server` names it if it is not the registry. */
export function responseError(response: BufferedResponse, server = response.url.host): ResponseError {
  const details = serverErrors(response.bytes)
    .map(({ code, message }) => [code, message].filter((part) => part !== '').join(': '))
    .filter((line) => line !== '');
  const { status, headers } = response;
  const text = [...details, ...(status === 429 ? parseRateLimit(headers) : [])].join('; ');
  const detail = text === '' ? '' : ` (${redactServerText(text)})`;
  const to = isPerIdentity(status) && response.identity !== undefined ? ` to ${response.identity}` : '';
  const error = new ChartImagesError(errorCodeForStatus(status), `${server} returned ${status}${detail}${to}.`, {
    advice: clockSkewAdvice(response, Date.now()) ?? adviceFor(response, text),
  });
  return new ResponseError(error, response);
}

/** ENOSPC in the words of Go, and as the number that distribution puts into the detail of its error. */
const noSpaceLeft = /no space left on device|"Err":28\b/;

export const diskFullAdvice =
  'Free space on the storage of the registry, or ask its operator. Then run again: uploaded layers are not copied again.';

function adviceFor(response: BufferedResponse, text: string): string {
  const { status, url, identity, bytes } = response;
  if (status >= 500 && noSpaceLeft.test(bytes.toString('utf8'))) return diskFullAdvice;
  const wait = status === 429 && identity !== undefined ? retryAfter(response, Date.now()) : undefined;
  if (wait !== undefined) return `Lower concurrency, or run again in ${Math.ceil(wait / 1000)} seconds.`;
  if (!isPermission(status) || cloudOfRegistry(url.host) === undefined) return adviceForStatus(status);
  return /is not allowed access/.test(text) ? azureFirewall : azureRoles;
}

/** For addresses that the network rules of an Azure registry block, with any credential. */
const azureFirewall =
  'Allow the address of this runner in the firewall of the registry (Networking in the portal), or run in the network of its private endpoint. A role does not help.';

/** Advice for rejected credentials. */
export const credentialRejectedAdvice =
  'Check the user name and the password, or log in again. Run again if chart-images got the credentials itself, such as a token.';

const isPermission = (status: number) => status === 401 || status === 403;

/** Rate limits often depend on the user, too. */
const isPerIdentity = (status: number) => isPermission(status) || status === 429;

/** Azure registries do not report the missing permission: they issue tokens with fewer permissions than requested. */
export const azureRoles =
  'Assign the identity AcrPull (to push: AcrPush) on this registry. If its permissions are by repository (ABAC), assign "Container Registry Repository Reader" (to push: Writer) for this repository. Or use an identity with that role.';

/** The limit also without the remaining pulls, which are none. */
function parseRateLimit(headers: BufferedResponse['headers']): readonly string[] {
  const budget = pullBudgetIn({ headers: { 'ratelimit-remaining': '0;w=0', ...headers } });
  return budget === undefined ? [] : [`the limit is ${budget.limit} pulls within ${formatWindow(budget)}`];
}

/** Adds the operation (`look up host/a:1`) to an error. Returns `cancelled` unchanged. */
export function withOperation(operation: string, error: ChartImagesError): ChartImagesError {
  const { code, message, advice, location } = error;
  if (code === 'cancelled') return error;
  return new ChartImagesError(code, `Cannot ${operation}: ${message}`, { advice, location, cause: error });
}
