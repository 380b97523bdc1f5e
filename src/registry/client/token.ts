import * as v from 'valibot';
import { ChartImagesError } from '../../core/errors.ts';
import type { HttpClient } from '../../core/http/http.ts';
import type { BufferedResponse, HttpRequest } from '../../core/http/response.ts';
import { type Credential, describeIdentity, encodeBasic } from '../credentials/credential.ts';
import { credentialRejectedAdvice, responseError, withIdentity } from './registry-error.ts';

/** Tokens with hundreds of permissions have some kilobytes. */
const maximumTokenBytes = 256 * 1024;

/** Seconds; what a token is good for when its server does not say (distribution, spec/auth/token). */
const defaultLifetime = 60;

/** Seconds before its end that a token is renewed, at most half its life: it has to be good still when it arrives. */
const renewalMargin = 10;

/** How OAuth2 servers know this program. */
const clientId = 'chart-images';

/** The user name that goes with an identity token where a server knows only basic authentication (docker/cli). */
const tokenUser = '<token>';

export interface TokenService {
  readonly realm: URL;
  /** The registry that named the realm. */
  readonly namedBy: URL;
  readonly service: string | undefined;
}

export interface Token {
  readonly value: string;
  /** When to get another one, as Date.now() counts. */
  readonly renewAfter: number;
}

/** Credentials that a token server takes. */
export type TokenCredential = Extract<Credential, { kind: 'none' | 'basic' | 'identity-token' }>;

const tokenShape = v.object({
  // Older servers write the first, OAuth2 servers (Azure's) the second, some both.
  token: v.optional(v.string(), ''),
  access_token: v.optional(v.string(), ''),
  expires_in: v.optional(v.fallback(v.optional(v.pipe(v.number(), v.minValue(1))), undefined)),
});

/**
 * Asks a token server for a token (distribution, spec/auth/token and spec/auth/oauth). Throws `unauthorized` or `denied`
 * when it refuses the credential.
 */
export async function fetchToken(
  http: HttpClient,
  server: TokenService,
  scopes: readonly string[],
  credential: TokenCredential,
): Promise<Token> {
  const asked = Date.now();
  let response = await http.fetch(tokenRequest(server, scopes, credential), maximumTokenBytes);
  // Servers without OAuth2 know no POST.
  if (credential.kind === 'identity-token' && (response.status === 404 || response.status === 405)) {
    const basic = { kind: 'basic', username: tokenUser, password: credential.token } as const;
    response = await http.fetch(tokenRequest(server, scopes, basic), maximumTokenBytes);
  }
  if (response.status !== 200) throw tokenRefusal(response, credential);
  const { token, access_token, expires_in } = readResponse(response, tokenShape);
  const value = token || access_token;
  if (value === '') throw notAToken(response);
  if (!isBearerToken(value)) throw malformedToken(response);
  // Azure's registries leave it out, and their tokens live for more than an hour.
  return { value, renewAfter: renewAt(asked, expires_in ?? jwtLifetime(value, asked) ?? defaultLifetime) };
}

function renewAt(asked: number, life: number): number {
  return asked + (life - Math.min(renewalMargin, life / 2)) * 1000;
}

const claimsShape = v.object({ exp: v.number() });

/** Seconds that a JSON web token is good for from now on; undefined for any other token, and for one that says nonsense. */
function jwtLifetime(token: string, now: number): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const life = v.parse(claimsShape, claims).exp - now / 1000;
    return life > 1 ? life : undefined;
  } catch {
    return undefined;
  }
}

const exchangeShape = v.object({ refresh_token: v.pipe(v.string(), v.minLength(1)) });

/** Seconds; a refresh token of Azure's registries whose end cannot be read (they live for three hours). */
const refreshLifetime = 3600;

/** Exchanges a token of Microsoft Entra ID for an identity token of an Azure registry (Azure/acr, docs/AAD-OAuth.md). */
export async function exchangeAcrRefreshToken(
  http: HttpClient,
  server: TokenService,
  accessToken: string,
): Promise<Token> {
  const asked = Date.now();
  const url = new URL('/oauth2/exchange', server.realm);
  const service = server.service ?? server.realm.host;
  const form = { grant_type: 'access_token', service, access_token: accessToken };
  const response = await http.fetch(formRequest(url, server, form), maximumTokenBytes);
  if (response.status !== 200) throw tokenRefusal(response, { kind: 'identity-token', token: accessToken });
  const value = readResponse(response, exchangeShape).refresh_token;
  if (!isBearerToken(value)) throw malformedToken(response);
  return { value, renewAfter: renewAt(asked, jwtLifetime(value, asked) ?? refreshLifetime) };
}

function tokenRequest(server: TokenService, scopes: readonly string[], credential: TokenCredential): HttpRequest {
  const service = server.service === undefined ? {} : { service: server.service };
  if (credential.kind === 'identity-token') {
    const grant = { grant_type: 'refresh_token', refresh_token: credential.token, client_id: clientId };
    return formRequest(server.realm, server, { ...grant, ...service, scope: scopes.join(' ') });
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

/** A token server's refusal of someone who shows no credential. */
class AnonymousRefusal extends ChartImagesError {
  constructor({ code, message, advice }: ChartImagesError) {
    super(code, message, { advice });
  }
}

/** Whether it was the token server that refused, and it was shown no credential. */
export function isAnonymousDenial(error: unknown): boolean {
  if (!(error instanceof ChartImagesError)) return false;
  const refusal = error instanceof AnonymousRefusal && (error.code === 'unauthorized' || error.code === 'denied');
  return refusal || isAnonymousDenial(error.cause);
}

function tokenRefusal(response: BufferedResponse, credential: TokenCredential): ChartImagesError {
  const error = responseError(
    withIdentity(response, describeIdentity(credential)),
    `the token server ${response.url.host}`,
  );
  // OAuth2 reports a bad refresh token with 400 (RFC 6749, 5.2).
  const code = response.status === 400 ? 'unauthorized' : error.code;
  if (credential.kind === 'none') return new AnonymousRefusal(error);
  if (code !== 'unauthorized') return error;
  return new ChartImagesError(code, error.message, { advice: credentialRejectedAdvice });
}

function readResponse<S extends v.GenericSchema>(response: BufferedResponse, shape: S): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(response.bytes.toString('utf8'));
  } catch {
    // Without the parser's words: they quote the text, which may hold a token.
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

/** Without the token: a server that mixes up its fields may have put anything there. */
function malformedToken(response: BufferedResponse): ChartImagesError {
  return new ChartImagesError(
    'registry-answer',
    `the token server ${response.url.host} issued a token that is not of the form that RFC 6750 allows.`,
    { advice: 'Check that the host is a container registry; if it is, report the token format to its operator.' },
  );
}

function notAToken(response: BufferedResponse): ChartImagesError {
  return new ChartImagesError('registry-answer', `the token server ${response.url.host} answers without a token.`, {
    advice: 'Check that this is the registry you mean, or ask its operator.',
  });
}
