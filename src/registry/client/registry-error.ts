import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import { clockSkewAdvice } from '../../core/http/clock-skew.ts';
import { redactServerText } from '../../core/http/redact.ts';
import type { BufferedResponse, HttpResponse } from '../../core/http/response.ts';
import { retryAfter } from '../../core/http/retry-policy.ts';
import { adviceForStatus, errorCodeForStatus } from '../../core/http/status.ts';
import { cloudOfRegistry } from '../credentials/azure-cloud.ts';

/** One entry of a registry's `errors` (OCI distribution-spec, "Error Codes"). */
export interface ServerError {
  readonly code: string;
  readonly message: string;
}

const text = v.optional(v.fallback(v.string(), ''), '');

const specifiedShape = v.object({ errors: v.array(v.object({ code: text, message: text })) });

/** Docker Hub's `details`, OAuth2's `error` and `error_description` (RFC 6749, 5.2), and what proxies and clouds write. */
const otherShape = v.object({ error: text, error_description: text, details: text, message: text });

/** What a server says about an error, as structure; empty when it says nothing that is JSON (proxies answer HTML). */
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

/** The answer to a request with a credential. */
export function withIdentity<A extends HttpResponse>(response: A, identity: string | undefined): A {
  return identity === undefined ? response : { ...response, identity };
}

/** The error for an answer that is no success. `who` names the server where it is not the one of the operation. */
export function responseError(response: BufferedResponse, who = response.url.host): ChartImagesError {
  const words = serverErrors(response.bytes)
    .map(({ code, message }) => [code, message].filter((part) => part !== '').join(': '))
    .filter((line) => line !== '');
  const { status, headers } = response;
  const all = [...words, ...(status === 429 ? parseRateLimit(headers) : [])].join('; ');
  const said = all === '' ? '' : ` (${redactServerText(all)})`;
  const to = isPerIdentity(status) && response.identity !== undefined ? ` to ${response.identity}` : '';
  return new ChartImagesError(errorCodeForStatus(status), `${who} answers ${status}${said}${to}.`, {
    advice: clockSkewAdvice(response, Date.now()) ?? adviceFor(response, all),
  });
}

function adviceFor(response: BufferedResponse, words: string): string {
  const { status, url, identity } = response;
  const wait = status === 429 && identity !== undefined ? retryAfter(response, Date.now()) : undefined;
  if (wait !== undefined) return `Lower concurrency, or run again in ${Math.ceil(wait / 1000)} seconds.`;
  if (!isPermission(status) || cloudOfRegistry(url.host) === undefined) return adviceForStatus(status);
  return /is not allowed access/.test(words) ? azureFirewall : azureRoles;
}

/** What an Azure registry says to an address that its rules keep out, for any credential. */
const azureFirewall =
  'Let the address of this runner through the firewall of the registry (Networking in the portal), or run where its private endpoint is; a role does not help.';

/** Advice where credentials were shown, and not taken. */
export const credentialRejectedAdvice =
  'Check the user name and the password, or log in again (what the run itself got is new on the next run): these credentials are not accepted.';

const isPermission = (status: number) => status === 401 || status === 403;

/** Limits of requests are often those of a user, too. */
const isPerIdentity = (status: number) => isPermission(status) || status === 429;

/** Registries of Azure's do not tell which permission is missing: their tokens come with less than was asked for. */
export const azureRoles =
  'Give the identity AcrPull (to push: AcrPush) on this registry or, where its permissions are by repository (ABAC), "Container Registry Repository Reader" (to push: Writer), for this repository; or log in with what has it.';

/** Docker Hub's limit of pulls: `ratelimit-limit: 100;w=21600` is so many within so many seconds. */
function parseRateLimit(headers: BufferedResponse['headers']): readonly string[] {
  const [, most, seconds] = /^(\d+);w=(\d+)$/.exec(headers['ratelimit-limit'] ?? '') ?? [];
  if (most === undefined) return [];
  return [`the limit is ${most} pulls within ${(Number(seconds) / 3600).toFixed(1).replace(/\.0$/, '')} hours`];
}

/** Says during which operation ("look up host/a:1") an error came up. `cancelled` needs no explanation. */
export function withOperation(operation: string, error: ChartImagesError): ChartImagesError {
  const { code, message, advice, place } = error;
  if (code === 'cancelled') return error;
  return new ChartImagesError(code, `Could not ${operation}: ${message}`, { advice, place, cause: error });
}
