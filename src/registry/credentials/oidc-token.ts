import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import { redactServerText, redactUrl } from '../../core/http/redact.ts';
import type { BufferedResponse, HttpRequest } from '../../core/http/response.ts';

/** A JSON web token has one or two kilobytes. */
const maximumTokenBytes = 64 * 1024;

/** The first is GitHub's, the second that of Azure DevOps. */
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

/** An OIDC token of GitHub for one audience (actions/toolkit, oidc-utils). Valid for minutes, so request it late. */
export async function githubOidcToken(
  http: HttpClient,
  request: { readonly url: string; readonly token: string },
  audience: string,
): Promise<string> {
  const url = new URL(request.url);
  url.searchParams.set('audience', audience);
  const headers = { authorization: `Bearer ${request.token}`, accept: 'application/json' };
  const advice =
    'Check that the job has the permission id-token: write. Pull requests from forks never have it: remove the Azure inputs for them.';
  return readToken(await http.fetch({ method: 'GET', url, headers }, maximumTokenBytes), 'GitHub', advice);
}

export interface DevopsTokenRequest {
  /** SYSTEM_OIDCREQUESTURI. */
  readonly uri: string;
  readonly systemAccessToken: string;
  readonly connection: string;
}

/** An OIDC token of Azure DevOps for a service connection (the protocol of azure-pipelines-tasks, and of the SDK). */
export async function azurePipelinesOidcToken(
  http: HttpClient,
  { uri, systemAccessToken, connection }: DevopsTokenRequest,
): Promise<string> {
  const url = new URL(uri);
  url.searchParams.set('api-version', '7.1');
  url.searchParams.set('serviceConnectionId', connection);
  const headers = {
    authorization: `Bearer ${systemAccessToken}`,
    'content-type': 'application/json',
    // Otherwise an error is a redirect to a web page.
    'x-tfs-fedauthredirect': 'Suppress',
  };
  const request: HttpRequest = { method: 'POST', url, headers, body: '' };
  const advice =
    'Check that this pipeline is allowed to use the service connection (Pipeline permissions of the connection).';
  return readToken(await http.fetch(request, maximumTokenBytes), 'Azure DevOps', advice);
}

function readToken(response: BufferedResponse, issuer: string, advice: string): string {
  let json: unknown;
  try {
    json = JSON.parse(response.bytes.toString('utf8'));
  } catch {
    // Without the cause, which quotes the text.
    json = undefined;
  }
  const token = v.safeParse(shape, json);
  if (response.status === 200 && token.success) return token.output;
  const result = response.status === 200 ? 'no token' : `${response.status} (${redactServerText(messageOf(json))})`;
  throw new ChartImagesError(
    'azure-identity',
    `Cannot get an OIDC token from ${issuer}: ${redactUrl(response.url)} returned ${result}.`,
    { advice },
  );
}

function messageOf(json: unknown): string {
  const read = v.safeParse(v.object({ message: v.string() }), json);
  return read.success ? read.output.message : 'no reason given';
}
