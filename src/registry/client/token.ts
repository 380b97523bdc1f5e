import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { BufferedResponse, HttpRequest } from '../../core/http/response.ts';
import { type Credential, describeIdentity, encodeBasic } from '../credentials/credential.ts';
import {
  credentialRejectedAdvice,
  responseError,
  type ServerError,
  serverErrors,
  withIdentity,
} from './registry-error.ts';

/** A token with hundreds of permissions has some kilobytes. */
const maximumTokenBytes = 256 * 1024;

/** Seconds, if the response has no lifetime (distribution, spec/auth/token). */
const defaultLifetime = 60;

/**
 * Seconds before the expiry that a token is renewed, at most half of its lifetime: it must still be valid on arrival.
 */
const renewalMargin = 10;

/** Of this program, for OAuth2 servers. */
const clientId = 'chart-images';

/** The user name for an identity token if a server supports only basic authentication (docker/cli). */
const tokenUser = '<token>';

export interface TokenService {
  readonly realm: URL;
  /** The registry that named the realm. */
  readonly namedBy: URL;
  readonly service: string | undefined;
}

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970, as Date.now(). */
  readonly renewAfter: number;
}

/** Credentials that a token server accepts. */
export type TokenCredential = Extract<Credential, { kind: 'none' | 'basic' | 'identity-token' }>;

const tokenShape = v.object({
  // Older servers return the first, OAuth2 servers (such as Azure) the second, some both.
  token: v.nullish(v.string(), ''),
  access_token: v.nullish(v.string(), ''),
  expires_in: v.optional(v.fallback(v.optional(v.pipe(v.number(), v.minValue(1))), undefined)),
});

/**
 * Requests a token (distribution, spec/auth/token and spec/auth/oauth). Throws `unauthorized` or `denied` if the token
 * server rejects the credential.
 */
export async function fetchToken(
  http: HttpClient,
  server: TokenService,
  scopes: readonly string[],
  credential: TokenCredential,
): Promise<Token> {
  const requestedAt = Date.now();
  let response = await http.fetch(tokenRequest(server, scopes, credential), maximumTokenBytes);
  // Servers without OAuth2 don't support POST.
  if (credential.kind === 'identity-token' && (response.status === 404 || response.status === 405)) {
    const basic = { kind: 'basic', username: tokenUser, password: credential.token } as const;
    response = await http.fetch(tokenRequest(server, scopes, basic), maximumTokenBytes);
  }
  if (response.status !== 200) throw tokenError(response, credential);
  const { token, access_token, expires_in } = readResponse(response, tokenShape);
  const value = token || access_token || '';
  if (value === '') throw notAToken(response);
  if (!isBearerToken(value)) throw malformedToken(response);
  // Azure registries omit `expires_in`, and their tokens are valid for more than an hour.
  const lifetime = expires_in ?? jwtLifetime(value, requestedAt) ?? defaultLifetime;
  return { value, renewAfter: renewAt(requestedAt, lifetime) };
}

function renewAt(requestedAt: number, lifetime: number): number {
  return requestedAt + (lifetime - Math.min(renewalMargin, lifetime / 2)) * 1000;
}

const claimsShape = v.object({ exp: v.number() });

/** Remaining seconds of a JSON web token. Undefined for any other token, and for an invalid expiry. */
function jwtLifetime(token: string, now: number): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const lifetime = v.parse(claimsShape, claims).exp - now / 1000;
    return lifetime > 1 ? lifetime : undefined;
  } catch {
    return undefined;
  }
}

const exchangeShape = v.object({ refresh_token: v.pipe(v.string(), v.minLength(1)) });

/** Seconds, if the expiry of a refresh token of an Azure registry is unreadable. They are valid for three hours. */
const refreshLifetime = 3600;

/**
 * Exchanges a token of Microsoft Entra ID for an identity token of an Azure registry (Azure/acr, docs/AAD-OAuth.md).
 */
export async function exchangeAcrRefreshToken(
  http: HttpClient,
  server: TokenService,
  accessToken: string,
): Promise<Token> {
  const requestedAt = Date.now();
  const url = new URL('/oauth2/exchange', server.realm);
  const service = server.service ?? server.realm.host;
  const form = { grant_type: 'access_token', service, access_token: accessToken };
  const response = await http.fetch(formRequest(url, server, form), maximumTokenBytes);
  if (response.status !== 200) throw tokenError(response, { kind: 'identity-token', token: accessToken });
  const value = readResponse(response, exchangeShape).refresh_token;
  if (!isBearerToken(value)) throw malformedToken(response);
  return { value, renewAfter: renewAt(requestedAt, jwtLifetime(value, requestedAt) ?? refreshLifetime) };
}

function tokenRequest(server: TokenService, scopes: readonly string[], credential: TokenCredential): HttpRequest {
  const service = server.service === undefined ? {} : { service: server.service };
  if (credential.kind === 'identity-token') {
    const grant = { grant_type: 'refresh_token', refresh_token: credential.token, client_id: clientId };
    const scope = scopes.length === 0 ? {} : { scope: scopes.join(' ') };
    return formRequest(server.realm, server, { ...grant, ...service, ...scope });
  }
  const url = new URL(server.realm);
  for (const [name, value] of Object.entries(service)) url.searchParams.set(name, value);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const { namedBy } = server;
  if (credential.kind === 'none') return { method: 'GET', url, namedBy };
  const authorization = `Basic ${encodeBasic(credential.username, credential.password)}`;
  return { method: 'GET', url, namedBy, headers: { authorization } };
}

function formRequest(url: URL, { namedBy }: TokenService, fields: Readonly<Record<string, string>>): HttpRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, namedBy, headers, body: new URLSearchParams(fields).toString() };
}

/** A token server rejected an anonymous request. */
class AnonymousTokenError extends ChartImagesError {
  constructor(cause: ChartImagesError) {
    const { code, message, advice } = cause;
    super(code, message, { advice, cause });
  }
}

/** Whether a token server rejected an anonymous request. */
export function isAnonymousDenial(error: unknown): boolean {
  if (!(error instanceof ChartImagesError)) return false;
  const isDenial = error instanceof AnonymousTokenError && (error.code === 'unauthorized' || error.code === 'denied');
  return isDenial || isAnonymousDenial(error.cause);
}

/** A refresh token is rejected, whatever the scope. */
export class BadGrantError extends ChartImagesError {}

/** A token server does not allow the name of a repository. */
class NameNotAllowedError extends ChartImagesError {
  constructor({ code, message }: ChartImagesError) {
    super(code, message, { advice: 'Check the path: some registries allow only names with two components.' });
  }
}

/** Whether a token server does not allow the name of the repository, so that nothing can have it. */
export function isNameNotAllowed(error: unknown): boolean {
  if (!(error instanceof ChartImagesError)) return false;
  return error instanceof NameNotAllowedError || isNameNotAllowed(error.cause);
}

function tokenError(response: BufferedResponse, credential: TokenCredential): ChartImagesError {
  const error = responseError(
    withIdentity(response, describeIdentity(credential)),
    `the token server ${response.url.host}`,
  );
  const errors = serverErrors(response.bytes);
  if (response.status === 400 && errors.some(isInvalidName)) return new NameNotAllowedError(error);
  // OAuth2 reports a bad refresh token with 400 (RFC 6749, 5.2). Any other 400 is about the request.
  const isBadGrant = response.status === 400 && errors.some(({ code }) => code === 'invalid_grant');
  if (credential.kind === 'none') return new AnonymousTokenError(error);
  if (isBadGrant) return new BadGrantError('unauthorized', error.message, { advice: credentialRejectedAdvice });
  if (error.code !== 'unauthorized') return error;
  return new ChartImagesError(error.code, error.message, { advice: credentialRejectedAdvice });
}

/** Docker Hub and Quay have no code for it. */
function isInvalidName({ code, message }: ServerError): boolean {
  return code.toUpperCase() === 'NAME_INVALID' || /invalid repository name/i.test(`${code} ${message}`);
}

function readResponse<S extends v.GenericSchema>(response: BufferedResponse, shape: S): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(response.bytes.toString('utf8'));
  } catch {
    // Without the cause: it quotes the text, which may contain a token.
    throw notAToken(response);
  }
  const result = v.safeParse(shape, json);
  if (!result.success) throw notAToken(response);
  return result.output;
}

/** `b64token` of RFC 6750, section 2.1: one line without blanks, as a header can carry it. */
function isBearerToken(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}

/** Without the text of the token, which may be any other secret. */
function malformedToken(response: BufferedResponse): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `the token server ${response.url.host} issued a token that RFC 6750 does not allow.`,
    { advice: 'Check that the host is a container registry. If it is, report the token format to its operator.' },
  );
}

function notAToken(response: BufferedResponse): ChartImagesError {
  return new ChartImagesError('registry-answer', `the token server ${response.url.host} returned no token.`, {
    advice: 'Check that this is the correct registry, or ask its operator.',
  });
}
