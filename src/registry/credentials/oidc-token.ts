import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { redactServerText, redactUrl } from '../../core/http/redact.ts';
import type { BufferedResponse, HttpRequest } from '../../core/http/response.ts';

/** A JSON web token has one or two kilobytes. */
const maximumTokenBytes = 64 * 1024;

/** GitHub writes the first, Azure DevOps the second. */
const shape = v.union([
  v.pipe(
    v.object({ value: v.pipe(v.string(), v.minLength(1)) }),
    v.transform(({ value }) => value),
  ),
  v.pipe(
    v.object({ oidcToken: v.pipe(v.string(), v.minLength(1)) }),
    v.transform(({ oidcToken }) => oidcToken),
  ),
]);

/** GitHub's own token for this run, for one audience (actions/toolkit, oidc-utils). It lives for minutes: ask late. */
export async function githubOidcToken(
  http: HttpClient,
  request: { readonly url: string; readonly token: string },
  audience: string,
): Promise<string> {
  const url = new URL(request.url);
  url.searchParams.set('audience', audience);
  const headers = { authorization: `Bearer ${request.token}`, accept: 'application/json' };
  const advice =
    'Check that the job has the permission id-token: write; pull requests from forks never have it, so leave the Azure inputs out for them.';
  return readToken(await http.fetch({ method: 'GET', url, headers }, maximumTokenBytes), 'GitHub', advice);
}

export interface DevopsTokenRequest {
  /** SYSTEM_OIDCREQUESTURI. */
  readonly uri: string;
  readonly jobToken: string;
  readonly connection: string;
}

/** Azure DevOps' token for a service connection (the protocol of azure-pipelines-tasks, and of the identity library). */
export async function azurePipelinesOidcToken(
  http: HttpClient,
  { uri, jobToken, connection }: DevopsTokenRequest,
): Promise<string> {
  const url = new URL(uri);
  url.searchParams.set('api-version', '7.1');
  url.searchParams.set('serviceConnectionId', connection);
  const headers = {
    authorization: `Bearer ${jobToken}`,
    'content-type': 'application/json',
    // Otherwise a refusal is a redirect to a page for people.
    'x-tfs-fedauthredirect': 'Suppress',
  };
  const request: HttpRequest = { method: 'POST', url, headers, body: '' };
  const advice = 'Check that this pipeline may use the service connection (Pipeline permissions of the connection).';
  return readToken(await http.fetch(request, maximumTokenBytes), 'Azure DevOps', advice);
}

function readToken(response: BufferedResponse, issuer: string, advice: string): string {
  let json: unknown;
  try {
    json = JSON.parse(response.bytes.toString('utf8'));
  } catch {
    // Without the parser's words, which quote the text.
    json = undefined;
  }
  const token = v.safeParse(shape, json);
  if (response.status === 200 && token.success) return token.output;
  const said =
    response.status === 200 ? 'without a token' : `${response.status} (${redactServerText(messageOf(json))})`;
  throw new ChartImagesError(
    'azure-identity',
    `${issuer} gives this run no token of its own: ${redactUrl(response.url)} answers ${said}.`,
    { advice },
  );
}

function messageOf(json: unknown): string {
  const read = v.safeParse(v.object({ message: v.string() }), json);
  return read.success ? read.output.message : 'no reason given';
}
